using System.Runtime.InteropServices;

namespace ExperimentFramework.DataPlane.Tool;

/// <summary>Makes the first Ctrl+C, SIGTERM or SIGHUP, which a terminal that is closed sends, cancel the command, which may take its time to leave nothing half-written. The second Ctrl+C or SIGTERM ends the process at once. A terminal that is closed may send SIGHUP more than once, which asks for no more than the first.</summary>
internal sealed class Interruption : IDisposable
{
    private readonly CancellationTokenSource _canceled = new();
    private readonly PosixSignalRegistration[] _registrations;

    public Interruption() => _registrations = [.. new[] { PosixSignal.SIGINT, PosixSignal.SIGTERM, PosixSignal.SIGHUP }.Select(signal => PosixSignalRegistration.Create(signal, Handle))];

    /// <summary>Canceled by the first signal.</summary>
    public CancellationToken Token => _canceled.Token;

    /// <summary>Takes a signal.</summary>
    public void Handle(PosixSignalContext context)
    {
        context.Cancel = context.Signal == PosixSignal.SIGHUP || !_canceled.IsCancellationRequested;

        // What is to be canceled must not keep the next signal waiting.
        _ = _canceled.CancelAsync();
    }

    public void Dispose()
    {
        Array.ForEach(_registrations, static registration => registration.Dispose());
        _canceled.Dispose();
    }
}
