package values

// tokenCert is a certificate whose private key nobody has any more.
const tokenCert = `-----BEGIN CERTIFICATE-----
MIICnTCCAYWgAwIBAgIBATANBgkqhkiG9w0BAQsFADARMQ8wDQYDVQQDDAZ0b2tl
bnMwIBcNMjAwMTAxMDAwMDAwWhgPMjEyMDAxMDEwMDAwMDBaMBExDzANBgNVBAMM
BnRva2VuczCCASIwDQYJKoZIhvcNAQEBBQADggEPADCCAQoCggEBALcn4x6VOqnb
Ggl1SzeoGJviWIZ3hIhVZH/ENXaQaop5+XcSG4XwpZFA9K4LKMT0mUiJ+RpI5HFF
+p73U0J886Xy2KAfG5odUBCKwE0qRhzrT06D4e7fRbkxQHQ1fqX4WpmpGID4nzzG
xJHX+y+9JZd5N0192wJ2c4gEcSsf93wZp5ojolxHndWXRemLot053BFoKXLFd5XL
HnxTSc/YjHbJrAQmsQsqP7W5uy7gSkg5sjie+td/ktyeg7r7g3p3+Nwss7AaHXJP
FStwIcx6jgKa+S3X3TYcP5T58+ZnsnXLOFJKO8g+J5P8rKmrvIn9oIZpyUaPIx3f
RJOHn8bKC+0CAwEAATANBgkqhkiG9w0BAQsFAAOCAQEAtGe4+CFuQcdiWQRoRSOe
YJAZ/ctm69vHr2AAa+twqI9u039p8FbGjGsAMZlOAJAf5c9sta4NLbY2/7IBPRvg
5i9qG/ZWVGnxY398Lvui3LIphahAqBI7OBDL7UD2ehFxaMfgcFEYmsFFULvyHTzO
FPge/7Pv6LFOSL/0OjtnbACNbASWTtZHqLNWmPVTe+0BNhbC7iHiLgNt1xEr6PC4
wrcFmLSttD7e0ceC3RLdPpF2iva2hONCNDZFy2lue6/Twy/T7x2eYL0wQo3OeJ61
SWkQXNeO79UcZZq6nDeUMdYIGz/P2GmhpgfUnMOkFNIsC3FQ4XYq0XZMrsAY2w/y
yQ==
-----END CERTIFICATE-----
`

// Tokens that are encrypted, with the key 0123456789abcdef, and such as are signed
// with the key of the certificate, or pretend to be.
const (
	jweDirect  = "eyJhbGciOiJkaXIiLCJlbmMiOiJBMTI4R0NNIn0..MDEyMzQ1Njc4OWFi.Cidhl0E.vxH6hbxD3leVZO7FQm6dLQ"
	jweWrapped = "eyJhbGciOiJBMTI4S1ciLCJlbmMiOiJBMTI4R0NNIn0.3NakZwWbiTUE2NBkMkhfzjTKdj9WfP0s.MDEyMzQ1Njc4OWFi.yVvHAKF8Gw.WR7gykh0WCc3dDLG9boWJQ"
	jweCBC     = "eyJhbGciOiJBMTI4S1ciLCJlbmMiOiJBMTI4Q0JDLUhTMjU2In0.1A3StSwUGpMkeOfcZC2_8um5-aG5Fi5VGSJycGOdfNjl7TcHwmBWcA.MDEyMzQ1Njc4OWFiY2RlZg.DFhZhQpbw0l1T3Q298OagBf7c2UtwaEjVeKJ7b_ujbA.q-5ZurSpORC3azEBfda70A"
	jweEmpty   = "eyJhbGciOiJkaXIiLCJlbmMiOiJBMTI4R0NNIn0..MDEyMzQ1Njc4OWFi..2wTrnWw0LdFCHmi-OYTBBw"
	jwsRS256   = "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiIxIn0.XV8XL2-Zx6agraAzIwHo_FzOagZauvRQ1HcRkKqz-A2gkmwir8TJftOkUQDjfV0zsC0LJrYyJN8eMh18CdIfJfMF8TLuqgZKAhZZS9dsVNQcHXWj39r4zJV30zd6pPU86ydIN5CohePXjBHMeqwo819IlpC7raM85HsJI795CQaGEi0U2u7c1NTUzP-KNflp_-Fl_RpkwiFDHTaVyKGVyIy6qKPpd_VTzpZ2xf_FX2Faen64u9jMrmoafZvFC6VjD62nCi33NYoCrdu6pm6dJwgXy_yhEc8EL7nBAHz0_zXzFd3fT9qqrSj5xl-kx27I0u5cNyzDKd9pK3dwsxD3eg"
	jwsRS512   = "eyJhbGciOiJSUzUxMiJ9.eyJzdWIiOiIxIn0.b6vFYQmRhwRDZKmUuzo74KrZmK8BcMcWW46UsEbNmGjpMxc6xKmiHCvMPa7FcpDuuNwNP8pNNLsotpbo_O_HDZj3itZeth1xWEu897dUnsc2rjpiFRMuNXDaxH1ZPmTNGFQU_5QBxb4M0GEbDIdZPJU448ws2ovyBIYW4Ofke0semAT5qLyVvYs9SFEyetCywB_GjNd2DMKWwnXyIE-ivflMVqTnF5yrwT6fhStZFDJqoQed1b1iau74JEF4k8vM__I-686d0gRJ-krE8gZtEroLWDj_fsvUx-vVV5MgsHA0I4I-tz1wAcB7vFdDPk05xzmnyDCjDKhGEVEy0Y9Ucw"
	jwsForged  = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.U9mkjuYx029uqoQWm-WJ9ipULAGSQf9vDYFtATbPY-I"
)

var (
	encrypted = []string{jweDirect, jweWrapped, jweCBC, jweEmpty, ".", "....", jweDirect + "x", jweDirect[:len(jweDirect)-3], jweWrapped[1:], "." + jweDirect, jwsRS256, "\x00\xff", "e30.e30.e30.e30.e30"}
	signed    = []string{jwsRS256, jwsRS512, jwsForged, tokenRS256, jweDirect, "", "..", "a.b.c", jwsRS256 + "x", jwsRS256[:100], "e30." + jwsRS256[4:], "\x00.\xff.\x00"}
)
