package hooks

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"strconv"
	"strings"
)

// SignV1 is the X-HubSpot-Signature of a webhook: the hexadecimal SHA-256 of
// the client secret and the body; fact sheet 7.2.
func SignV1(secret string, body []byte) string {
	h := sha256.New()
	h.Write([]byte(secret))
	h.Write(body)
	return hex.EncodeToString(h.Sum(nil))
}

// SignV2 is the X-HubSpot-Signature of workflow and card requests: the
// hexadecimal SHA-256 of secret, method, uri and body. The uri is the full URL
// and is hashed as it is; fact sheet 7.2.
func SignV2(secret, method, uri string, body []byte) string {
	h := sha256.New()
	h.Write([]byte(secret + method + uri))
	h.Write(body)
	return hex.EncodeToString(h.Sum(nil))
}

// SignV3 is the X-HubSpot-Signature-v3: the base64 HMAC-SHA256, keyed with the
// client secret, of method, decoded uri, body and timestamp. The uri is the full
// URL with scheme, host and query, and is decoded here by [DecodeURI]; the
// timestamp is in milliseconds, as in X-HubSpot-Request-Timestamp. A receiver
// refuses timestamps more than 300,000 ms away; fact sheet 7.2.
func SignV3(secret, method, uri string, body []byte, timestampMillis int64) string {
	h := hmac.New(sha256.New, []byte(secret))
	h.Write([]byte(method + DecodeURI(uri)))
	h.Write(body)
	h.Write([]byte(strconv.FormatInt(timestampMillis, 10)))
	return base64.StdEncoding.EncodeToString(h.Sum(nil))
}

// decoded are the characters that a v3 signature wants decoded; fact sheet 7.2.
const decoded = ":/?@!$'()*,;"

// DecodeURI decodes the escapes of : / ? @ ! $ ' ( ) * , ; and leaves every
// other one as it is, %25 and %20 too. It decodes once: what an escape leaves
// behind is not read again. Small hexadecimal letters count as well, which
// HubSpot's table leaves open.
func DecodeURI(uri string) string {
	if !strings.Contains(uri, "%") {
		return uri
	}
	var b strings.Builder
	b.Grow(len(uri))
	for i := 0; i < len(uri); i++ {
		if uri[i] == '%' && i+2 < len(uri) {
			c, err := hex.DecodeString(uri[i+1 : i+3])
			if err == nil && strings.IndexByte(decoded, c[0]) >= 0 {
				b.WriteByte(c[0])
				i += 2
				continue
			}
		}
		b.WriteByte(uri[i])
	}
	return b.String()
}
