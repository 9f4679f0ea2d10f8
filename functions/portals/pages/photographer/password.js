// A password field that can be read while it is typed.

export function showPasswordBy(box, input) {
  box.addEventListener('change', () => {
    input.type = box.checked ? 'text' : 'password';
  });
}
