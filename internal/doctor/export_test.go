package doctor

// AtMost makes a comparison stop at fewer differences than Most.
func (o *Options) AtMost(n int) { o.most = n }
