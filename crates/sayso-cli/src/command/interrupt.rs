use std::future::{Future, poll_fn};
use std::pin::pin;
use std::sync::mpsc;
use std::task::Poll;

/// Calls `then` on a thread of its own, once Ctrl-C was pressed. It is listened for from when this returns: a signal that came before
/// would end the command on the spot, and leave what is half-written.
pub(super) fn on_ctrl_c(then: impl FnOnce(&tokio::runtime::Runtime) + Send + 'static) -> std::io::Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let (listens, ready) = mpsc::channel();
    std::thread::Builder::new().name("signals".to_owned()).spawn(move || {
        let pressed = runtime.block_on(async {
            let mut pressed = pin!(tokio::signal::ctrl_c());
            // It listens from its first poll on.
            let at_once = poll_fn(|context| Poll::Ready(pressed.as_mut().poll(context))).await;
            let _ = listens.send(());
            match at_once {
                Poll::Ready(pressed) => pressed,
                Poll::Pending => pressed.await,
            }
        });
        if pressed.is_ok() {
            then(&runtime);
        }
    })?;
    // A thread that ended before listens to nothing, and nothing can be done about it.
    let _ = ready.recv();
    Ok(())
}
