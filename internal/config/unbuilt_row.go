package config

import "slices"

// unbuilt makes a row without a parse function: using it fails by name. args
// are its arguments as the manual notes them; they are glued to the name when
// they begin with a parenthesis.
func unbuilt(in Sections, name, args, doc string) Keyword {
	least, most := arity(args)
	return Keyword{Name: name, In: in, Min: least, Max: most, Syntax: notation(name, args), Doc: doc}
}

// prefixed lets "no" and "default" stand before the keyword.
func (k Keyword) prefixed() Keyword {
	k.No, k.Default = true, true
	return k
}

// old marks a row whose lines are read as what replaces them.
func (k Keyword) old() Keyword {
	k.Old = true
	return k
}

// unbuiltFlag makes the row of an option that is on or off.
func unbuiltFlag(in Sections, name, doc string) Keyword {
	return unbuilt(in|InDefaults, "option "+name, "", doc).prefixed()
}

// unbuiltTables are the rows that are known and not built yet.
func unbuiltTables() []Table {
	return []Table{
		unbuiltProcessRows,
		unbuiltHTTP2Rows,
		unbuiltQUICRows,
		unbuiltTLSRows,
		unbuiltLuaRows,
		unbuiltDeviceRows,
		unbuiltHTTPClientRows,
		unbuiltVariableRows,
		unbuiltProxyRows,
		unbuiltHTTPRows,
		unbuiltRuleRows,
		unbuiltStatsRows,
		unbuiltPersistenceRows,
	}
}

// unbuiltBind makes an option of bind lines that is known and refused.
func unbuiltBind(name, args, doc string) bindOption {
	_, most := arity(args)
	return bindOption{name: name, args: most, syntax: notation(name, args), doc: doc}
}

// unbuiltServer makes an option of server lines that is known and refused.
func unbuiltServer(name, args, doc string) serverOption {
	_, most := arity(args)
	return serverOption{name: name, args: most, syntax: notation(name, args), doc: doc}
}

var unbuiltServerOptions = slices.Concat(unbuiltServerTLS, unbuiltServerCheck, unbuiltServerTransport, unbuiltServerPool, unbuiltServerAddress)
