package config

// File is a configuration file's name, as it appears in messages, and its bytes.
type File struct {
	Name string
	Data []byte
}
