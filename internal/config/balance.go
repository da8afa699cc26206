package config

// Balance is the value of "balance".
type Balance struct {
	Algorithm string // "roundrobin" when not set
	Args      []string
}
