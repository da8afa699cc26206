package config

import "slices"

// OptionName is a word that may follow the address of a bind or server line, and
// the number of words it takes.
type OptionName struct {
	Name string
	Args int
}

// BindOptions lists the options of bind lines that can be used.
func BindOptions() []OptionName { return names(bindOptions, unbuiltBindOptions()) }

// ServerOptions lists the options of server lines that can be used.
func ServerOptions() []OptionName { return names(serverOptions, unbuiltServerOptions()) }

func names[R optionRow](rows, unbuilt []R) []OptionName {
	var list []OptionName
	for _, r := range rows {
		name, args := r.key()
		if !slices.ContainsFunc(unbuilt, func(u R) bool { n, _ := u.key(); return n == name }) {
			list = append(list, OptionName{name, args})
		}
	}
	return list
}
