// What Python wrote down about the bundle: columns, outputs, and its answer for the typical row.
const facts = JSON.parse(document.getElementById("facts").textContent);
