namespace ExperimentFramework.DataPlane.Tests;

[ExposureLogged("flaky")]
public interface IFlaky
{
    string Run([ExposureSubject] string subject);

    Task<string> RunAsync([ExposureSubject] string subject, CancellationToken cancellationToken = default);

    ValueTask<string> RunValueAsync([ExposureSubject] string subject);

    IAsyncEnumerable<int> Items([ExposureSubject] string subject, CancellationToken cancellationToken = default);

    void Add([ExposureSubject] string subject, in int addend, ref int counter, out int before);
}

/// <summary>The same members, with the code that falls back.</summary>
[ExposureLogged("guarded", FallbackToControl = true)]
public interface IGuarded
{
    string Run([ExposureSubject] string subject);

    void Do([ExposureSubject] string subject, [ExposureAttribute] string call);

    Task<string> RunAsync([ExposureSubject] string subject, CancellationToken cancellationToken = default);

    Task DoAsync([ExposureSubject] string subject);

    ValueTask<string> RunValueAsync([ExposureSubject] string subject);

    ValueTask DoValueAsync([ExposureSubject] string subject);

    IAsyncEnumerable<int> Items([ExposureSubject] string subject, CancellationToken cancellationToken = default);

    void Add([ExposureSubject] string subject, in int addend, ref int counter, out int before);

    TValue Echo<TValue>([ExposureSubject] string subject, TValue value)
        where TValue : notnull;

    Task<TValue?> EchoAsync<TValue>([ExposureSubject] string subject, TValue? call)
        where TValue : class;
}

/// <summary>A variant that fails as the test says.</summary>
public class Flaky : IFlaky, IGuarded
{
    public Exception? Failure { get; set; }

    public Exception? SynchronousFailure { get; set; }

    public Exception? FailureAfterFirstItem { get; set; }

    public Action? OnRun { get; set; }

    public int Calls { get; private set; }

    public Task<string> OwnTask { get; } = Task.FromResult("flaky");

    protected virtual string Answer => "flaky";

    public string Run(string subject)
    {
        Enter();
        return Failure is null ? Answer : throw Failure;
    }

    public void Do(string subject, string call) => Run(subject);

    public Task<string> RunAsync(string subject, CancellationToken cancellationToken)
    {
        Enter();
        return Failure is null ? OwnTask : Task.FromException<string>(Failure);
    }

    public Task DoAsync(string subject) => RunAsync(subject, default);

    public async ValueTask<string> RunValueAsync(string subject)
    {
        Enter();
        await Task.Yield();
        return Failure is null ? Answer : throw Failure;
    }

    public async ValueTask DoValueAsync(string subject) => await RunValueAsync(subject);

    public async IAsyncEnumerable<int> Items(string subject, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        Enter();
        await Task.Yield();
        cancellationToken.ThrowIfCancellationRequested();
        if (Failure is not null)
        {
            throw Failure;
        }

        yield return 1;
        if (FailureAfterFirstItem is not null)
        {
            throw FailureAfterFirstItem;
        }

        yield return 2;
    }

    public void Add(string subject, in int addend, ref int counter, out int before)
    {
        Enter();
        before = counter;
        counter += addend;
        if (Failure is not null)
        {
            throw Failure;
        }
    }

    public TValue Echo<TValue>(string subject, TValue value)
        where TValue : notnull
    {
        Run(subject);
        return value;
    }

    public async Task<TValue?> EchoAsync<TValue>(string subject, TValue? call)
        where TValue : class
    {
        await RunValueAsync(subject);
        return call;
    }

    private void Enter()
    {
        Calls++;
        OnRun?.Invoke();
        if (SynchronousFailure is not null)
        {
            throw SynchronousFailure;
        }
    }
}

/// <summary>The control of the same.</summary>
public sealed class SteadyFlaky : Flaky
{
    protected override string Answer => "steady";
}
