package crm

// Policy says what becomes of a field that was changed both here and in
// HubSpot, without asking the rep each time.
type Policy string

// The policies. Workflows keeps HubSpot's value when one of the portal's
// workflows wrote it, and asks otherwise.
const (
	Ask       Policy = "ask"
	Mine      Policy = "mine"
	Theirs    Policy = "theirs"
	Workflows Policy = "workflow"
)

// Policies are all there are.
func Policies() []Policy { return []Policy{Ask, Mine, Theirs, Workflows} }

// PropertyPolicy is the policy of one property.
type PropertyPolicy struct {
	Type     ObjectType
	Property string
	Policy   Policy
}

// ByWorkflow says whether a workflow of the portal wrote the other value.
func (d Dispute) ByWorkflow() bool {
	return d.Source == "AUTOMATION_PLATFORM" || d.Source == "WORKFLOWS"
}
