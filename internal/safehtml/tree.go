package safehtml

import (
	"slices"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// dropped are elements that go with all that is in them: it is code, or a
// control, or what is shown in place of something that is not here.
func dropped(a atom.Atom) bool {
	return slices.Contains([]atom.Atom{
		atom.Script, atom.Style, atom.Noscript, atom.Template, atom.Title, atom.Textarea, atom.Select, atom.Option,
		atom.Iframe, atom.Frame, atom.Frameset, atom.Noframes, atom.Noembed, atom.Object, atom.Embed, atom.Applet, atom.Param,
		atom.Audio, atom.Video, atom.Source, atom.Track, atom.Canvas, atom.Map, atom.Area, atom.Xmp, atom.Plaintext,
		atom.Button, atom.Input, atom.Datalist, atom.Meter, atom.Progress, atom.Dialog, atom.Meta, atom.Link, atom.Base,
	}, a)
}

// parse reads a body as a browser does that runs no scripts.
func parse(body string) (*html.Node, error) {
	context := &html.Node{Type: html.ElementNode, Data: "body", DataAtom: atom.Body}
	nodes, err := html.ParseFragmentWithOptions(strings.NewReader(body), context, html.ParseOptionEnableScripting(false))
	if err != nil {
		return nil, err
	}
	root := &html.Node{Type: html.ElementNode, Data: "body", DataAtom: atom.Body}
	for _, n := range nodes {
		root.AppendChild(n)
	}
	return root, nil
}

func write(root *html.Node) (string, error) {
	var b strings.Builder
	for c := range root.ChildNodes() {
		if err := html.Render(&b, c); err != nil {
			return "", err
		}
	}
	return b.String(), nil
}

// prune takes out what nothing may be left of, makes links lead nowhere and
// counts the pictures that it leaves out. The parser allows no tree that is
// deeper than 512.
func prune(n *html.Node) (pictures int) {
	for c := n.FirstChild; c != nil; {
		next := c.NextSibling
		switch {
		case c.Type == html.TextNode:
		case c.Type != html.ElementNode, c.Namespace != "", dropped(c.DataAtom):
			n.RemoveChild(c)
		case c.DataAtom == atom.Img:
			if !picture(c) {
				pictures++
				caption(n, c)
			}
		default:
			pictures += prune(c)
			if c.DataAtom == atom.A && !inert(c) || c.DataAtom == atom.Span && !directed(c) {
				unwrap(n, c)
			}
		}
		c = next
	}
	return pictures
}

func attribute(n *html.Node, key string) string {
	for _, a := range n.Attr {
		if a.Namespace == "" && a.Key == key {
			return a.Val
		}
	}
	return ""
}

// picture keeps what a picture that needs no fetching consists of, and says
// whether n is one.
func picture(n *html.Node) bool {
	src := strings.Join(strings.Fields(attribute(n, "src")), "")
	if !enclosed.MatchString(src) {
		return false
	}
	alt := attribute(n, "alt")
	n.Attr = []html.Attribute{{Key: "src", Val: src}, {Key: "alt", Val: alt}}
	return true
}

// caption puts the words of a picture where the picture was.
func caption(parent, n *html.Node) {
	if alt := strings.TrimSpace(attribute(n, "alt")); alt != "" {
		parent.InsertBefore(&html.Node{Type: html.TextNode, Data: alt}, n)
	}
	parent.RemoveChild(n)
}

// inert moves a link's address to where no browser follows it; false when there
// is no address that may be opened.
func inert(n *html.Node) bool {
	address := link(attribute(n, "href"))
	if address == "" {
		address = link(attribute(n, linkAttribute))
	}
	if address == "" {
		return false
	}
	n.Attr = append(slices.DeleteFunc(n.Attr, func(a html.Attribute) bool { return a.Key == "href" || a.Key == linkAttribute }),
		html.Attribute{Key: linkAttribute, Val: address})
	return true
}

func directed(n *html.Node) bool {
	return slices.Contains([]string{"ltr", "rtl", "auto"}, attribute(n, "dir"))
}

// unwrap takes an element away and leaves what is in it.
func unwrap(parent, n *html.Node) {
	for n.FirstChild != nil {
		c := n.FirstChild
		n.RemoveChild(c)
		parent.InsertBefore(c, n)
	}
	parent.RemoveChild(n)
}
