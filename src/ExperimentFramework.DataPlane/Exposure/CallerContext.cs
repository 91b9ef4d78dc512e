using System.Runtime.CompilerServices;

namespace ExperimentFramework.DataPlane;

/// <summary>Resumes in a synchronization context, or at once where there is none.</summary>
internal readonly struct CallerContext : INotifyCompletion
{
    private readonly SynchronizationContext? _context;

    internal CallerContext(SynchronizationContext? context) => _context = context;

    /// <summary>Whether there is nothing to return to.</summary>
    public bool IsCompleted => _context is null || _context == SynchronizationContext.Current;

    /// <summary>Gives itself to <c>await</c>.</summary>
    /// <returns>This.</returns>
    public CallerContext GetAwaiter() => this;

    /// <inheritdoc/>
    public void OnCompleted(Action continuation) => _context!.Post(static resume => ((Action)resume!)(), continuation);

    /// <summary>Ends the wait.</summary>
    public void GetResult()
    {
    }
}
