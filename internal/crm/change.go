package crm

// Topic names something that can change. The bus carries topics, never data:
// whoever shows the thing asks again.
type Topic string

// The topics. A record's own topic is RecordTopic, a type's list is the type.
const (
	TopicAccount Topic = "account" // who is connected, to which portal
	TopicSync    Topic = "sync"    // the status line, progress
	TopicOutbox  Topic = "outbox"  // waiting operations, receipts
	TopicSchema  Topic = "schema"  // properties, pipelines, owners
	TopicNews    Topic = "news"    // what changed on the rep's records
	// TopicProfiles is the list of profiles and their colours.
	TopicProfiles Topic = "profiles"
)

// ListTopic is the topic of a type's list: something in it changed.
func ListTopic(t ObjectType) Topic { return Topic("list:" + string(t)) }

// RecordTopic is the topic of one record.
func RecordTopic(id LocalID) Topic { return Topic("record:" + string(id)) }

// Change is what the bus delivers: the topics that changed since the last
// delivery. Seq ascends by one per delivery to a subscriber; a gap means that
// something was missed and everything should be asked again.
type Change struct {
	Seq    uint64
	Topics []Topic
}
