package wire

// Notice is something that the rep is told until it was dismissed.
type Notice struct {
	ID   string `json:"id"`
	Text string `json:"text"` // a sentence or two
}

// Bundle is what a support bundle holds, to be read before it is saved.
type Bundle struct {
	ID    string       `json:"id"` // SaveBundle saves what has this id
	Parts []BundlePart `json:"parts"`
}

// BundlePart is one file of a bundle.
type BundlePart struct {
	Name string `json:"name"`
	Text string `json:"text"`
}

// Saved is a file that was written.
type Saved struct {
	Path string `json:"path"`
}

// ForgetRequest erases a record and everything kept about it here.
type ForgetRequest struct {
	Type string `json:"type"`
	ID   string `json:"id"`
}
