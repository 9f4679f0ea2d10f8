//! A connection's socket: adds `nosniff` to hyper's own responses, and ends when the peer reads nothing.
//!
//! hyper answers 400, 414 and 431 to headers that it cannot read, before it calls a service, and has no setting for
//! the headers of these responses. They are recognized as data that is written while no response of a service is in
//! progress.

use super::AnswersUnderWay;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::time::Sleep;

/// The header of every response.
const NOSNIFF: &[u8] = b"x-content-type-options: nosniff\r\n";

/// The socket of one connection.
pub(super) struct Socket {
    tcp: TcpStream,
    answers: Arc<AnswersUnderWay>,
    /// The number of responses that had started when all data was last written.
    written_answers: usize,
    /// The unwritten rest of hyper's own response with the added header.
    unwritten: Vec<u8>,
    longest_silence: Duration,
    /// The timer that runs while the peer accepts no data.
    silence: Option<Pin<Box<Sleep>>>,
}

impl Socket {
    pub(super) fn new(
        tcp: TcpStream,
        answers: Arc<AnswersUnderWay>,
        longest_silence: Duration,
    ) -> Self {
        let (unwritten, silence) = (Vec::new(), None);
        Self { tcp, answers, written_answers: 0, unwritten, longest_silence, silence }
    }

    /// Is the data that is being written hyper's own response?
    fn is_hypers_own(&self, bytes: &[u8]) -> bool {
        self.answers.are_all_written(self.written_answers) && bytes.starts_with(b"HTTP/1.")
    }

    fn poll_silence(&mut self, cx: &mut Context<'_>) -> Poll<io::Error> {
        let longest = self.longest_silence;
        let silence = self.silence.get_or_insert_with(|| Box::pin(tokio::time::sleep(longest)));
        silence.as_mut().poll(cx).map(|()| io::ErrorKind::TimedOut.into())
    }

    /// Writes, with a limit on how long the peer may accept no data.
    fn poll_in_time<T>(
        &mut self,
        cx: &mut Context<'_>,
        write: impl FnOnce(Pin<&mut TcpStream>, &mut Context<'_>) -> Poll<io::Result<T>>,
    ) -> Poll<io::Result<T>> {
        match write(Pin::new(&mut self.tcp), cx) {
            Poll::Ready(written) => {
                self.silence = None;
                Poll::Ready(written)
            }
            Poll::Pending => self.poll_silence(cx).map(Err),
        }
    }

    fn poll_unwritten(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        while !self.unwritten.is_empty() {
            let bytes = std::mem::take(&mut self.unwritten);
            let polled = self.poll_in_time(cx, |tcp, cx| tcp.poll_write(cx, &bytes));
            self.unwritten = bytes;
            match ready!(polled)? {
                0 => return Poll::Ready(Err(io::ErrorKind::WriteZero.into())),
                written => drop(self.unwritten.drain(..written)),
            }
        }
        Poll::Ready(Ok(()))
    }
}

/// Inserts the header after the first line of a response.
fn with_nosniff(answer: &[u8]) -> Vec<u8> {
    let end = answer.windows(2).position(|pair| pair == b"\r\n").map_or(0, |at| at + 2);
    let (line, rest) = answer.split_at_checked(end).unwrap_or((answer, &[]));
    if line.is_empty() { answer.to_vec() } else { [line, NOSNIFF, rest].concat() }
}

impl AsyncRead for Socket {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.tcp).poll_read(cx, buffer)
    }
}

impl AsyncWrite for Socket {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        ready!(self.poll_unwritten(cx))?;
        if !self.is_hypers_own(bytes) {
            return self.poll_in_time(cx, |tcp, cx| tcp.poll_write(cx, bytes));
        }
        self.unwritten = with_nosniff(bytes);
        match self.poll_unwritten(cx) {
            Poll::Ready(Err(error)) => Poll::Ready(Err(error)),
            // The rest is written before anything else.
            Poll::Ready(Ok(())) | Poll::Pending => Poll::Ready(Ok(bytes.len())),
        }
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        ready!(self.poll_unwritten(cx))?;
        let first = slices.iter().find(|slice| !slice.is_empty());
        if let Some(first) = first.filter(|first| self.is_hypers_own(first)) {
            return self.poll_write(cx, first);
        }
        self.poll_in_time(cx, |tcp, cx| tcp.poll_write_vectored(cx, slices))
    }

    fn is_write_vectored(&self) -> bool {
        self.tcp.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        ready!(self.poll_unwritten(cx))?;
        self.written_answers = self.answers.written(self.written_answers);
        Pin::new(&mut self.tcp).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        ready!(self.poll_unwritten(cx))?;
        Pin::new(&mut self.tcp).poll_shutdown(cx)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_of_hypers_own_has_the_header() {
        let answer = with_nosniff(b"HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\n\r\n");
        let expected = b"HTTP/1.1 400 Bad Request\r\nx-content-type-options: nosniff\r\ncontent-length: 0\r\n\r\n";
        assert_eq!(answer, expected);
        assert_eq!(with_nosniff(b"HTTP/1.1 400"), b"HTTP/1.1 400");
    }
}
