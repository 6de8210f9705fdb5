// Package support puts together what somebody needs to find out why Satchel does
// not do what it should: facts about the program, its database and its sync, the
// list of its files, and the end of its logs.
//
// There is no record, no value, no name, no address and no secret in it: facts are
// numbers, states and names of ours, and everything goes once more through the
// log's own scrubbing. The rep reads it before it is saved, and nothing is sent
// anywhere.
package support
