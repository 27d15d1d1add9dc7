/* Loaded first and not as a module, so that what needs JavaScript is never drawn and then taken away. */
document.documentElement.classList.add("js");
