using System.Runtime.CompilerServices;

namespace ExperimentFramework.DataPlane;

/// <summary>Resumes in a synchronization context, or continues at once if there is none.</summary>
internal readonly struct SynchronizationContextAwaiter : INotifyCompletion
{
    private readonly SynchronizationContext? _context;

    internal SynchronizationContextAwaiter(SynchronizationContext? context) => _context = context;

    /// <summary>
    /// Whether the current thread has a synchronization context or task scheduler other than the default, such as a UI thread. A caller may block that thread
    /// until the call completes, and a call that waits to return to it would then never complete.
    /// </summary>
    internal static bool IsPresent =>
        (SynchronizationContext.Current is { } context && context.GetType() != typeof(SynchronizationContext)) || TaskScheduler.Current != TaskScheduler.Default;

    /// <summary>Whether no switch is needed.</summary>
    public bool IsCompleted => _context is null || _context == SynchronizationContext.Current;

    /// <summary>Returns this awaiter, for <c>await</c>.</summary>
    /// <returns>This awaiter.</returns>
    public SynchronizationContextAwaiter GetAwaiter() => this;

    /// <inheritdoc/>
    public void OnCompleted(Action continuation) => _context!.Post(static resume => ((Action)resume!)(), continuation);

    /// <summary>Completes the await; does nothing.</summary>
    public void GetResult()
    {
    }
}
