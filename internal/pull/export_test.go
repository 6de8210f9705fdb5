package pull

// Scale lets search help, and the list be cut into stretches, above other
// totals than in earnest, so that tests need no large portals.
func (e *Engine) Scale(dig, split int) { e.digAbove, e.splitAbove = dig, split }
