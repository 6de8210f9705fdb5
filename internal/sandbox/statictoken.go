package sandbox

import (
	"slices"
	"strconv"
)

// StaticToken is a bearer token that does not expire: a legacy private app, a
// service key or a static-auth app; fact sheet 1.8.
type StaticToken struct {
	Token  string   // "" is made from the seed
	Name   string   // what the history of a record calls the writer
	Scopes []string // nil is every scope
}

// staticToken is one of them with the app that it stands for.
type staticToken struct {
	StaticToken
	appID int64
}

func (p *Portal) madeToken(n int) string {
	return "pat-na1-" + p.uuid("static token "+strconv.Itoa(n))
}

// tokenGap lies between the app ids of two static tokens.
const tokenGap = 211

// issueTokens makes the static tokens: those of the options or, when these were
// revoked, new ones in their place.
func (p *Portal) issueTokens(revoked bool) {
	list := p.opt.Tokens
	if len(list) == 0 {
		list = []StaticToken{{Name: "Satchel sandbox token"}}
	}
	p.tokens = nil
	for i, t := range list {
		if t.Name == "" {
			t.Name = "Static token " + strconv.Itoa(i+1)
		}
		switch {
		case i == 0 && (t.Token == "" || revoked):
			t.Token = p.auth.Static
		case t.Token == "" || revoked:
			t.Token = "pat-na1-" + p.uuid("static token "+strconv.Itoa(p.auth.Rotations)+"/"+strconv.Itoa(i))
		}
		p.tokens = append(p.tokens, staticToken{t, p.auth.StaticAppID + int64(i)*tokenGap})
	}
}

// StaticTokens lists the static tokens that hold now, in the order of
// Options.Tokens.
func (p *Portal) StaticTokens() []StaticToken {
	p.mu.RLock()
	defer p.mu.RUnlock()
	out := make([]StaticToken, 0, len(p.tokens))
	for _, t := range p.tokens {
		t.Scopes = slices.Clone(t.Scopes)
		out = append(out, t.StaticToken)
	}
	return out
}

// static finds a static token; the caller holds the lock.
func (p *Portal) static(token string) *caller {
	for _, t := range p.tokens {
		if t.Token == token {
			return &caller{appID: t.appID, static: t.Scopes == nil, private: true, scopes: t.Scopes, label: t.Name}
		}
	}
	return nil
}
