using System.Runtime.InteropServices;

namespace ExperimentFramework.DataPlane.Tool.Tests.Terminal;

public sealed class InterruptionTests
{
    [Theory]
    [InlineData(PosixSignal.SIGINT, PosixSignal.SIGTERM)]
    [InlineData(PosixSignal.SIGTERM, PosixSignal.SIGTERM)]
    [InlineData(PosixSignal.SIGHUP, PosixSignal.SIGINT)]
    public void The_first_signal_cancels_the_command_and_the_second_one_ends_the_process(PosixSignal first, PosixSignal second)
    {
        using var interruption = new Interruption();

        Assert.True(IsCanceled(interruption, first));
        Assert.True(interruption.Token.IsCancellationRequested);
        Assert.False(IsCanceled(interruption, second));
    }

    [Theory]
    [InlineData(PosixSignal.SIGHUP)]
    [InlineData(PosixSignal.SIGINT)]
    public void A_terminal_that_is_closed_ends_nothing_at_once_however_often_it_says_so(PosixSignal first)
    {
        using var interruption = new Interruption();

        Assert.True(IsCanceled(interruption, first));
        Assert.True(IsCanceled(interruption, PosixSignal.SIGHUP));
        Assert.True(IsCanceled(interruption, PosixSignal.SIGHUP));
        Assert.True(interruption.Token.IsCancellationRequested);
    }

    private static bool IsCanceled(Interruption interruption, PosixSignal signal)
    {
        var context = new PosixSignalContext(signal);
        interruption.Handle(context);
        return context.Cancel;
    }
}
