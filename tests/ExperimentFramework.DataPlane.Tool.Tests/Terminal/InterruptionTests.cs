using System.Runtime.InteropServices;

namespace ExperimentFramework.DataPlane.Tool.Tests.Terminal;

public sealed class InterruptionTests
{
    [Fact]
    public void The_first_signal_cancels_the_command_and_the_second_one_ends_the_process()
    {
        using var interruption = new Interruption();
        var (first, second) = (new PosixSignalContext(PosixSignal.SIGINT), new PosixSignalContext(PosixSignal.SIGTERM));

        interruption.Handle(first);
        Assert.True(interruption.Token.IsCancellationRequested);
        interruption.Handle(second);

        Assert.Equal((true, false), (first.Cancel, second.Cancel));
    }
}
