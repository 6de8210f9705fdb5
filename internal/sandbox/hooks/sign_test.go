package hooks

import (
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// HubSpot's own examples, all with this secret.
const secret = "yyyyyyyy-yyyy-yyyy-yyyy-yyyyyyyyyyyy"

func TestSignatures_Section7_2_V3Vectors(t *testing.T) {
	for _, v := range []struct {
		body string
		at   int64
		want string
	}{
		{`{'example_field':'example_value'}`, 1693657560000, "K36dawei4A+QBNolUOqo7s91KQDWQ5MXZ/QufNYuk/Y="},
		{`{'example_field':'example_value'}`, 1700000300000, "RnbPH7+UMKVkbV32P8bz450N4M56aPmcru1+D3kSDtw="},
		{`{"example_field":"example_value"}`, 1693657560000, "oaA3M5dEtt6kFsseJD/Hv/x+JNl1vsoxFj4oxmwP6Go="},
		{`{"example_field":"example_value"}`, 1700000300000, "ZEux4lGY4urKtKJ9fqGCQDJ0FasZeSunWHlJMEoU3Bg="},
	} {
		require.Equal(t, v.want, SignV3(secret, "POST", "https://www.example.com/webhook_uri", []byte(v.body), v.at))
		require.Equal(t, v.want, SignV3(secret, "POST", "https%3A%2F%2Fwww.example.com/webhook_uri", []byte(v.body), v.at), "the uri is decoded first")
	}
}

// The examples of HubSpot's guide to validating requests; the fact sheet names
// the rule only.
func TestSignatures_Section7_2_V1AndV2Vectors(t *testing.T) {
	body := `[{"eventId":1,"subscriptionId":12345,"portalId":62515,"occurredAt":1564113600000,"subscriptionType":"contact.creation","attemptNumber":0,"objectId":123,"changeSource":"CRM","changeFlag":"NEW","appId":54321}]`
	require.Equal(t, "232db2615f3d666fe21a8ec971ac7b5402d33b9a925784df3ca654d05f4817de", SignV1(secret, []byte(body)))
	require.Equal(t, "eee2dddcc73c94d699f5e395f4b9d454a069a6855fbfa152e91e88823087200e",
		SignV2(secret, "GET", "https://www.example.com/webhook_uri", nil))
	require.Equal(t, "9569219f8ba981ffa6f6f16aa0f48637d35d728c7e4d93d0d52efaa512af7900",
		SignV2(secret, "POST", "https://www.example.com/webhook_uri", []byte(`{"example_field":"example_value"}`)))
}

func TestDecodeURI_Section7_2_OnlyTheListedEscapes(t *testing.T) {
	for in, want := range map[string]string{
		"https://a.example/x?y=1":                         "https://a.example/x?y=1",
		"%3A %2F %3F %40 %21 %24 %27 %28 %29 %2A %2C %3B": ": / ? @ ! $ ' ( ) * , ;",
		"%3a%2f%2a":                      ":/*",
		"%20 %25 %26 %2B %3D %23 %C3%A4": "%20 %25 %26 %2B %3D %23 %C3%A4",
		"%253A":                          "%253A",
		"%%3A3A":                         "%:3A",
		"%3":                             "%3",
		"%":                              "%",
		"https://a.example/p?next=https%3A%2F%2Fb.example%3Fq": "https://a.example/p?next=https://b.example?q",
	} {
		require.Equal(t, want, DecodeURI(in), in)
	}
}

// For every text: decoding is done after one pass, it says the same address,
// and it agrees with a plain list of replacements.
func FuzzDecodeURI(f *testing.F) {
	for _, s := range []string{"", "%", "%3", "%3A", "%253A", "%%3A", "https://x/?a=%2f%3f%20", "%zz%3b"} {
		f.Add(s)
	}
	var pairs []string
	for c := range strings.SplitSeq(": / ? @ ! $ ' ( ) * , ;", " ") {
		escape := "%" + strings.ToUpper(hexOf(c[0]))
		pairs = append(pairs, escape, c, strings.ToLower(escape), c)
	}
	list := strings.NewReplacer(pairs...)
	f.Fuzz(func(t *testing.T, uri string) {
		got := DecodeURI(uri)
		require.Equal(t, list.Replace(uri), got)
		require.Equal(t, got, DecodeURI(got))
		if plain, err := url.PathUnescape(uri); err == nil {
			again, err := url.PathUnescape(got)
			require.NoError(t, err)
			require.Equal(t, plain, again)
		}
	})
}

func hexOf(c byte) string {
	const digits = "0123456789ABCDEF"
	return string([]byte{digits[c>>4], digits[c&15]})
}
