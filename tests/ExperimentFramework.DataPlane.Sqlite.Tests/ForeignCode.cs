using Microsoft.Extensions.Logging;

namespace ExperimentFramework.DataPlane.Sqlite.Tests;

/// <summary>
/// Code of others that needs what it was called from: on another thread, because a lock of .NET lets its own thread in again. A call that is held
/// up is noted instead of hanging the test.
/// </summary>
internal sealed class ForeignCode
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private int _isInside;

    /// <summary>What it needs; nothing until it is set.</summary>
    public Action? Needs { get; set; }

    /// <summary>How often it was called.</summary>
    public int Calls { get; private set; }

    /// <summary>Whether what it needs waited for the one that had called it.</summary>
    public bool WasHeldUp { get; private set; }

    public void Run()
    {
        if (Needs is not { } needs || WasHeldUp || Interlocked.Exchange(ref _isInside, 1) != 0)
        {
            return;
        }

        Calls++;
        var thread = new Thread(() => needs()) { IsBackground = true };
        thread.Start();
        WasHeldUp = !thread.Join(Patience);
        Volatile.Write(ref _isInside, 0);
    }
}

/// <summary>A clock that is foreign code. Its timers never fire: what is called is called by the test.</summary>
internal sealed class ForeignClock(TimeProvider inner, ForeignCode foreign) : TimeProvider
{
    public override long TimestampFrequency => inner.TimestampFrequency;

    public override DateTimeOffset GetUtcNow()
    {
        foreign.Run();
        return inner.GetUtcNow();
    }

    public override long GetTimestamp()
    {
        foreign.Run();
        return inner.GetTimestamp();
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) => inner.CreateTimer(callback, state, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
}

/// <summary>A logger that is foreign code.</summary>
internal sealed class ForeignLogger<T>(ForeignCode foreign) : ILogger<T>
{
    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) => foreign.Run();
}
