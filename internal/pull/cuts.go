package pull

import (
	"context"
	"strconv"

	"satchel/internal/crm"
)

// cuts finds ids that divide a type's records into stretches of about the same
// number. Ids are not dense, so it asks the index how many records lie above a
// guess and guesses again; every cut is the id of a record that exists, which
// is what the list endpoint hands out as a place to go on from.
func (f *filling) cuts(ctx context.Context, total int) ([]crm.RemoteID, error) {
	bottom, _ := number(f.first.Low) // the list begins there
	top, err := f.top(ctx)
	if err != nil {
		return nil, err
	}
	var at []crm.RemoteID
	for i := 1; i < stretches; i++ {
		id, err := f.cut(ctx, bottom, top, total, total*i/stretches)
		if err != nil {
			return nil, err
		}
		if id != "" && (len(at) == 0 || before(at[len(at)-1], id)) {
			at = append(at, id)
		}
	}
	return at, nil
}

// top is the highest id.
func (f *filling) top(ctx context.Context) (id uint64, err error) {
	page, err := f.e.remote.Search(ctx, f.spec.Type, crm.SearchCall{Sort: idProperty, Desc: true, Limit: 1, Props: []string{idProperty}})
	if err != nil || len(page.Records) == 0 {
		return 0, err
	}
	id, _ = number(page.Records[0].ID)
	return id, nil
}

// cut looks for the id with about rank records below it, in at most five
// guesses; a tenth of the total is near enough.
func (f *filling) cut(ctx context.Context, low, high uint64, total, rank int) (crm.RemoteID, error) {
	lowRank, highRank := 0, total
	var best crm.RemoteID
	for range 5 {
		if high <= low || highRank <= lowRank {
			break
		}
		share := float64(rank-lowRank) / float64(highRank-lowRank)
		guess := low + uint64(share*float64(high-low))
		page, err := f.e.remote.Search(ctx, f.spec.Type, crm.SearchCall{
			Where: []crm.Condition{{Prop: idProperty, Op: "GTE", Value: strconv.FormatUint(guess, 10)}},
			Sort:  idProperty, Limit: 1, Props: []string{idProperty},
		})
		if err != nil {
			return "", err
		}
		if len(page.Records) == 0 {
			high = guess
			continue
		}
		best = page.Records[0].ID
		below := total - page.Total
		switch off := below - rank; {
		case off > total/10:
			high, highRank = guess, below
		case off < -total/10:
			low, lowRank = guess, below
		default:
			return best, nil
		}
	}
	return best, nil
}

// number reads an id; HubSpot's ids of records are decimal numbers.
func number(id crm.RemoteID) (uint64, bool) {
	n, err := strconv.ParseUint(string(id), 10, 64)
	return n, err == nil
}

// millis writes a time as search wants it: epoch milliseconds as a string.
func millis(m crm.Millis) string { return strconv.FormatInt(int64(m), 10) }
