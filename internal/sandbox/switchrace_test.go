package sandbox

import (
	"fmt"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Everything that can be changed while the portal runs is changed while it is
// called; the race detector watches.
func TestControl_ChangesUnderLoad(t *testing.T) {
	a := open(t, func(o *Options) { o.Limits = "enterprise" })
	q := "/oauth/authorize?scope=oauth&client_id=" + a.p.Credentials().ClientID + "&redirect_uri=" + redirects()[0]
	var wg sync.WaitGroup
	for _, work := range []func(i int) error{
		func(i int) error {
			return a.p.SetSettings(SettingsChange{IndexLagMS: new(int64(i % 3 * 100)), RotateRefresh: new(i%2 == 0), RetryAfter: new(i%2 == 0), PKCE: new("ignore")})
		},
		func(i int) error { return a.p.SetLimits(LimitChange{Static: new(i * 10), Search: new(i)}) },
		func(i int) error {
			_, err := a.p.AddOwner(NewOwner{Email: fmt.Sprintf("u%d@b.example", i)})
			return err
		},
		func(int) error { _, err := a.try("POST", v+"contacts", `{"properties":{"firstname":"A"}}`); return err },
		func(int) error { _, err := a.try("POST", v+"contacts/search", `{}`); return err },
		func(int) error { _, err := a.try("GET", q, ""); return err },
		func(int) error { _, err := a.try("GET", "/", ""); return err },
		func(int) error {
			_, err := a.try("GET", "/account-info/2026-09/api-usage/daily/private-apps", "")
			return err
		},
	} {
		wg.Go(func() {
			for i := range 20 {
				assert.NoError(t, work(i))
			}
		})
	}
	wg.Wait()
	require.Len(t, a.p.ownerViews(), 32)
	require.NotEmpty(t, a.p.Requests(0))
}
