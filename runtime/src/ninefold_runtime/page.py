"""A page to try the model by hand: a form made from the schema. It loads nothing from anywhere else."""

from __future__ import annotations

from html import escape

from ninefold_runtime.schema import Column, Schema

POLICY = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; connect-src 'self'; img-src data:"

_STYLE = """
:root{color-scheme:light dark;--line:#8884;--accent:#2a6fb0}
@media (prefers-color-scheme:dark){:root{--accent:#7db4e8}}
body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:0 auto;padding:1.5rem 1rem}
h1{font-size:1.5rem;margin:0}form{display:grid;grid-template-columns:repeat(auto-fill,minmax(15rem,1fr));gap:.8rem}
label{display:grid;gap:.2rem;font-size:.9rem}small{opacity:.7}
input,select,textarea,button{font:inherit;padding:.4rem .5rem;border:1px solid var(--line);border-radius:.4rem}
label:has(textarea){grid-column:1/-1}textarea{resize:vertical}
img{height:7rem;justify-self:start;border-radius:.4rem;image-rendering:pixelated}a{color:var(--accent)}
button{grid-column:1/-1;background:var(--accent);color:Canvas;border:0;padding:.6rem;cursor:pointer}
output{display:block;margin:1.2rem 0;font-size:1.1rem}.bar{display:grid;grid-template-columns:10rem 1fr 4rem;gap:.5rem}
.bar i{background:var(--accent);height:.9rem;align-self:center;border-radius:.2rem}
pre{overflow-x:auto;padding:.8rem;border:1px solid var(--line);border-radius:.4rem;font-size:.85rem}
.warn{color:#b35c00}@media (prefers-color-scheme:dark){.warn{color:#f0a050}}
@media (max-width:30rem){.bar{grid-template-columns:6rem 1fr 4rem}}
"""

_SCRIPT = """
const form=document.querySelector('form'),out=document.querySelector('output'),curl=document.querySelector('pre');
const line=(cls,text)=>{const p=document.createElement('p');p.className=cls;p.textContent=text;return p};
const bar=(name,share)=>{const d=document.createElement('div');d.className='bar';
  const s=document.createElement('span'),i=document.createElement('i'),n=document.createElement('span');
  s.textContent=name;i.style.width=100*share+'%';n.textContent=(100*share).toFixed(1)+' %';d.append(s,i,n);return d};
const read=file=>new Promise(done=>{const r=new FileReader();r.onload=()=>done(r.result);r.readAsDataURL(file)});
const show=(field,uri)=>{field.nextElementSibling?.remove();if(!uri)return;
  const i=document.createElement('img');i.src=uri;i.alt='the image of '+field.name;field.after(i)};
const series=text=>{const parts=text.trim().replace(/^\\[|\\]$/g,'').trim().split(/\\s*[,;]\\s*|\\s+/);
  const all=parts.map(p=>p===''||p==='null'?null:Number(p));return all.some(n=>Number.isNaN(n))?text:all};
const ask=async()=>{const row={};let sent='';
  for(const field of form.elements)if(field.name){
    const {name,value,inputMode,files}=field,n=inputMode?Number(value):NaN;
    if(files){row[name]=files[0]?await read(files[0]):null;show(field,row[name]);
      if(files[0])sent+=" -F '"+name+"=@"+files[0].name+"'";continue}
    row[name]=value===''?null:'series' in field.dataset?series(value):isNaN(n)?value:n}
  const body=JSON.stringify({rows:[row]});
  curl.textContent="curl -s "+location.origin+"/predict -H 'content-type: application/json' \\\\\\n  -d '"
    +body.replaceAll("'","'\\\\''")+"'";
  if(sent)curl.textContent="curl -s "+location.origin+"/predict"+sent;
  const reply=await fetch('/predict',{method:'POST',headers:{'content-type':'application/json'},body});
  const answer=await reply.json();out.replaceChildren();
  if(!reply.ok){out.append(line('warn',answer.detail));return}
  const made=answer.predictions[0],strong=document.createElement('strong'),told=made.prediction;
  strong.textContent=typeof told==='object'?Object.entries(told).map(([name,value])=>name+' '+value).join(', '):told;
  out.append(out.dataset.target+': ',strong);
  for(const [name,share] of Object.entries(made.probabilities||{}))out.append(bar(name,share));
  if(made.score!=null)out.append(bar('score',made.score));
  for(const note of answer.warnings)out.append(line('warn',note.message))};
form.addEventListener('submit',event=>{event.preventDefault();ask()});
form.addEventListener('change',ask);ask();
"""


def page(schema: Schema) -> str:
    target = escape(schema.target.name)
    fields = "".join(_field(i, column) for i, column in enumerate(schema.columns))
    return (
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>Predict {target}</title>'
        f'<meta name="viewport" content="width=device-width,initial-scale=1"><style>{_STYLE}</style>'
        f"<main><h1>Predict {target}</h1><p>Empty fields are taken as missing.</p>"
        f'<output aria-live="polite" data-target="{target}"></output>'
        f"<form>{fields}<button>Predict</button></form><h2>The same from a shell</h2>"
        f'<pre tabindex="0"></pre><p><a href="/openapi.json">openapi.json</a> · <a href="/schema">schema</a> · '
        f'<a href="/metrics">metrics</a></p></main><script>{_SCRIPT}</script></html>'
    )


def _field(number: int, column: Column) -> str:
    name, value = escape(column.name), escape(_shown(column.example))
    box = f'<input name="{name}" value="{value}" list="levels{number}" autocomplete="off">'
    if column.wire == "number":
        box = f'<input name="{name}" value="{value}" inputmode="decimal" autocomplete="off">'
    if column.kind == "boolean":
        box = f'<select name="{name}">{_options(("true", "false", ""), value)}</select>'
    if column.kind == "text":
        box = f'<textarea name="{name}" rows="4">{value}</textarea>'
    if column.kind == "series":
        hint = "numbers in order, such as 1.5, 2, 3"
        box = f'<textarea name="{name}" rows="4" data-series placeholder="{hint}">{value.strip("[]")}</textarea>'
    if column.kind == "image":
        box = f'<input name="{name}" type="file" accept="image/*">'
    levels = f'<datalist id="levels{number}">{_options(column.levels, "")}</datalist>' if column.levels else ""
    return f"<label>{name} <small>{column.kind}</small>{box}{levels}</label>"


def _options(values: tuple[str, ...], chosen: str) -> str:
    return "".join(f"<option{' selected' if value == chosen else ''}>{escape(value)}</option>" for value in values)


def _shown(example: str | float | bool | tuple[float, ...] | None) -> str:
    if isinstance(example, tuple):
        return str(list(example))
    if isinstance(example, bool):
        return "true" if example else "false"
    return "" if example is None else str(example).removesuffix(".0")
