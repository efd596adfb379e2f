// Nobody is signed in: this browser receives no pushes of whoever was.
const worker = await navigator.serviceWorker?.getRegistration("/");
await (await worker?.pushManager?.getSubscription())?.unsubscribe();
