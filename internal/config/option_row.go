package config

// Option is a word that may follow the address of a bind or server line.
type Option struct {
	Name   string
	Args   int    // words it takes
	Tail   bool   // and pairs of words after them
	Syntax string // the name with its arguments as the manual notes them
	Doc    string // a sentence
	Since  string // see Keyword.Since
	Built  bool   // false: known, refused when it is used
}

// BindOptions lists the options of bind lines (manual 5.1).
func BindOptions() []Option { return options(bindOptions) }

// ServerOptions lists the options of server lines (manual 5.2).
func ServerOptions() []Option { return options(serverOptions) }

func options[R optionRow](rows []R) []Option {
	list := make([]Option, 0, len(rows))
	for _, r := range rows {
		list = append(list, r.option())
	}
	return list
}

func (o bindOption) more([]string) int { return 0 }

func (o serverOption) more(rest []string) int {
	if o.tail == nil {
		return 0
	}
	return o.tail(rest)
}

func (o bindOption) option() Option {
	return Option{o.name, o.args, false, o.syntax, o.doc, o.since, o.parse != nil}
}

func (o serverOption) option() Option {
	return Option{o.name, o.args, o.tail != nil, o.syntax, o.doc, o.since, o.parse != nil}
}
