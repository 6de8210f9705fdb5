// Package profile keeps several portals apart: a profile is a data directory of
// its own, with a name and a colour. The one without a name is the data
// directory itself; the others lie below it, in profiles/NAME, so that each has
// its own database, lock, sign-in, log and process.
//
// It knows names, places and two small files, and never opens a database. The
// file profile.json is what the rep chose, and portal.json what the program that
// ran there last has noted of its portal: each has one writer, so that neither
// overwrites the other.
package profile
