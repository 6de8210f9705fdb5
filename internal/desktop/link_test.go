package desktop

import (
	"net/url"
	"strings"
	"testing"
	"unicode"

	"github.com/stretchr/testify/require"
)

func TestR30_OnlyWebMailAndPhoneLeaveTheWindow(t *testing.T) {
	for _, ok := range []string{
		"https://app.hubspot.com/contacts/1", "https://firm.example:8443/a%20b?x=1&y=%2F#z", "https://[2001:db8::1]/", "https://bücher.example/",
		"mailto:a@b.example", "mailto:o%27neil@b.example", "mailto:a@b.example?subject=Hello%20you&body=x", "tel:+4712345678", "tel:+47-12-34-56",
		"tel:(0170)555;ext=12", "HTTPS://firm.example/",
	} {
		require.NoError(t, allowed(ok), ok)
	}
	for _, bad := range []string{
		"", "http://insecure.example", "file:///etc/passwd", "javascript:alert(1)", "data:text/html,x", "smb://host/share",
		"search-ms:query=x", "https://", "https://user:pass@host.example", "https://user@host.example", "mailto:", "ms-msdt:/id", "https://a\nb", "//host",
		"https:relative", strings.Repeat("https://a.example/", 500), "https:///path", "https://good.example\\@evil.example/", "https://good.example%2f.evil.example/",
		"mailto:a@b.example?attach=/etc/passwd", "mailto:a@b.example?attachment=x", "mailto://host/x", "mailto:not an address", "mailto:-x", "tel:*21*1234#",
		"tel:--help", "tel:+47?x=1", "tel:0#", "tel:0?", "tel://host", "vbscript:x", "satchel://x", " https://a.example", "https://a.example ", "https://a.example/\u202egnp.exe",
		"https://a.example/\x00", "https://a.example/\u200b", "-https://a.example", "ftp://a.example", "blob:https://a.example/1", "view-source:https://a.example",
		"https://a.example/`id`", "https://a.example/|calc", "https://a.example/\"x", "jar:https://a.example", "\ufeffhttps://a.example",
	} {
		require.Error(t, allowed(bad), "%q", bad)
	}
}

// Whatever is allowed is of the three kinds, names no user, and is written so that
// no other program reads another address in it.
func FuzzR30_Links(f *testing.F) {
	for _, seed := range []string{"https://a.example/x?y#z", "mailto:a@b.example?subject=x", "tel:+47123", "javascript:1", "https://a@b", "https://[::1]:1/", "https:%2f%2fx"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, target string) {
		if allowed(target) != nil {
			return
		}
		require.LessOrEqual(t, len(target), maxText)
		for _, r := range target {
			require.False(t, unicode.IsControl(r) || unicode.IsSpace(r), "%q", target)
		}
		scheme, rest, _ := strings.Cut(target, ":")
		switch strings.ToLower(scheme) {
		case "https":
			require.True(t, strings.HasPrefix(rest, "//"), "%q", target)
			host, _, _ := strings.Cut(strings.TrimPrefix(rest, "//"), "/")
			host, _, _ = strings.Cut(host, "?")
			host, _, _ = strings.Cut(host, "#")
			require.NotEmpty(t, host, "%q", target)
			require.NotContains(t, host, "@", "%q", target)
			require.NotContains(t, target, "\\", "%q", target)
			u, err := url.Parse(target)
			require.NoError(t, err)
			require.Equal(t, host, u.Host, "%q", target)
		case "mailto":
			require.Contains(t, rest, "@", "%q", target)
			require.NotContains(t, strings.ToLower(rest), "attach=", "%q", target)
		case "tel":
			require.NotContains(t, rest, "*", "%q", target)
			require.NotContains(t, rest, "#", "%q", target)
		default:
			t.Fatalf("%q", target)
		}
	})
}
