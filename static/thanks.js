// The form arrived: nothing of it stays on the phone.
try { localStorage.removeItem(location.pathname.replace(/\/thanks$/, '')) } catch (e) {}
