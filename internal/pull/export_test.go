package pull

// Shrink makes an engine do with tens of records what it does with thousands.
func (e *Engine) Shrink() {
	e.size = sizes{list: 10, search: 20, read: 10, link: 100, own: 10, rows: 30, dig: 40, count: 1_000, split: 200}
}

// CountBy makes the sweep compare so many records by their number.
func (e *Engine) CountBy(n int) { e.size.count = n }
