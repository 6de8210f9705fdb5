package pull

// Shrink makes an engine do with tens of records what it does with thousands.
func (e *Engine) Shrink() {
	e.size = sizes{list: 10, search: 20, read: 10, link: 100, own: 40, rows: 30, dig: 40, split: 200}
}
