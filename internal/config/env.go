package config

// Env is the environment of a configuration, by name. It is never the
// process's own: setenv and its like change this map only.
type Env map[string]string

// Lookup returns the value of a variable.
func (e Env) Lookup(name string) (string, bool) {
	v, ok := e[name]
	return v, ok
}
