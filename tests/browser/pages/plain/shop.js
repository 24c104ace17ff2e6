document.querySelector('#plus').addEventListener('click', () => {
  const row = document.createElement('p');
  row.textContent = 'Row ' + (document.querySelectorAll('#grow p').length + 1);
  document.querySelector('#grow').append(row);
});
window.bought = 0;
document.querySelector('#form').addEventListener('submit', (event) => { event.preventDefault(); window.bought++; });
