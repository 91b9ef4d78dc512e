using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;

namespace ExperimentFramework.DataPlane.Tests.Diagnostics;

/// <summary>A logger of the application is foreign code, and what it is given may be a person's.</summary>
public sealed class NonThrowingLoggerTests
{
    [Fact]
    public void A_provider_that_throws_is_off_and_hurts_nobody()
    {
        var logger = new NonThrowingLogger(new Broken(), ExceptionSanitizer.PassThrough);

        Assert.False(logger.IsEnabled(LogLevel.Error));
        logger.Log(LogLevel.Error, default, "state", null, (state, _) => state);
    }

    [Fact]
    public void A_logger_that_is_quiet_already_is_left_as_it_is()
    {
        var inner = new FakeLogger();
        var withheld = new NonThrowingLogger(inner, new ExceptionSanitizer(areWithheld: true));

        Assert.Same(withheld, NonThrowingLogger.Of(withheld));
        NonThrowingLogger.Of(withheld).Log(LogLevel.Error, default, "state", new FormatException("user-1"), (state, _) => state);
        Assert.DoesNotContain("user-1", inner.LatestRecord.Exception!.ToString(), StringComparison.Ordinal);
        Assert.True(withheld.IsEnabled(LogLevel.Error));
    }

    [Fact]
    public void Of_an_exception_eight_are_described()
    {
        var many = new AggregateException(Enumerable.Range(0, 20).Select(_ => new IOException("disk full")));

        var text = new ExceptionSanitizer(areWithheld: true).MessageOf(many);

        Assert.Equal(7, text.Split("<- System.IO.IOException: disk full").Length - 1);
    }

    private sealed class Broken : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => throw new IOException("broken");

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            throw new IOException("broken");
    }
}
