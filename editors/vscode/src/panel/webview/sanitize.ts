/** Copies only harmless elements and attributes of HTML that was made from a model's Markdown. */

const ELEMENTS = new Set(
    (
        'p br hr h1 h2 h3 h4 h5 h6 ul ol li blockquote pre code span strong em b i s del sub sup ' +
        'table thead tbody tr th td dl dt dd'
    ).split(' '),
);
const DROPPED_WHOLE = new Set(['script', 'style', 'template', 'iframe', 'object', 'svg', 'math', 'form']);
const CODE_CLASS = /^(hljs[\w-]*|language-[\w+-]+|function_|class_|inherited__)$/;

/** The children of `from`, cleaned; unknown elements are replaced by their content. */
export function harmless(from: Node): DocumentFragment {
    const fragment = document.createDocumentFragment();
    for (const node of from.childNodes) {
        if (node instanceof Text) {
            fragment.append(node.data);
        } else if (node instanceof Element && !DROPPED_WHOLE.has(node.localName)) {
            const inner = harmless(node);
            if (ELEMENTS.has(node.localName)) {
                const copy = document.createElement(node.localName);
                copy.classList.add(...[...node.classList].filter((name) => CODE_CLASS.test(name)));
                copy.append(inner);
                fragment.append(copy);
            } else {
                fragment.append(inner);
            }
        }
    }
    return fragment;
}
