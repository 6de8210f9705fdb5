// Package news says who changed the rep's records in HubSpot, by their
// histories, and notes when the copy was fresh, by which an absence is known.
//
// What changed is noticed by the store when a pull is applied; this package
// neither pulls nor compares records, and it shows nothing.
package news
