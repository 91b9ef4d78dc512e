using System.Runtime.CompilerServices;

namespace ExperimentFramework.DataPlane;

/// <summary>Resumes in a synchronization context, or at once where there is none.</summary>
internal readonly struct SynchronizationContextAwaiter : INotifyCompletion
{
    private readonly SynchronizationContext? _context;

    internal SynchronizationContextAwaiter(SynchronizationContext? context) => _context = context;

    /// <summary>
    /// Whether the current thread belongs to a context of its own, such as a user interface's. A caller may block it until the call has ended,
    /// and a call that waits to return to it would then never end.
    /// </summary>
    internal static bool IsPresent =>
        (SynchronizationContext.Current is { } context && context.GetType() != typeof(SynchronizationContext)) || TaskScheduler.Current != TaskScheduler.Default;

    /// <summary>Whether there is nothing to return to.</summary>
    public bool IsCompleted => _context is null || _context == SynchronizationContext.Current;

    /// <summary>Gives itself to <c>await</c>.</summary>
    /// <returns>This.</returns>
    public SynchronizationContextAwaiter GetAwaiter() => this;

    /// <inheritdoc/>
    public void OnCompleted(Action continuation) => _context!.Post(static resume => ((Action)resume!)(), continuation);

    /// <summary>Ends the wait.</summary>
    public void GetResult()
    {
    }
}
