package doctor

// AtMost makes a comparison stop at fewer differences than Most.
func (o *Options) AtMost(n int) { o.most = n }

// ReadAtOnce makes a walk read so many ids of what is here at once.
func (o *Options) ReadAtOnce(n int) { o.window = n }
