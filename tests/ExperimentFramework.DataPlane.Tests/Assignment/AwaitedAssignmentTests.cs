using System.Collections.Concurrent;
using Microsoft.Extensions.DependencyInjection;

namespace ExperimentFramework.DataPlane.Tests.Assignment;

/// <summary>Asynchronous members of an interface that asks for it await the store; synchronous ones, and known subjects, don't.</summary>
public sealed class AwaitedAssignmentTests
{
    private readonly FaultyStore _store = new() { Hang = new TaskCompletionSource() };
    private readonly FixedSelector _selector = new("b");

    public static TheoryData<string, Func<IPatient, Task<string>>> AsynchronousMembers => new()
    {
        { "Task<T>", patient => patient.TaskAsync("u1") },
        { "ValueTask<T>", patient => patient.ValueTaskAsync("u1").AsTask() },
        { "Task", async patient => { var answer = new List<string>(); await patient.PlainTaskAsync("u1", answer); return answer.Single(); } },
        { "ValueTask", async patient => { var answer = new List<string>(); await patient.PlainValueTaskAsync("u1", answer); return answer.Single(); } },
        { "stream", async patient => { await foreach (var item in patient.Items("u1")) { return item; } return ""; } },
        { "generic", patient => patient.EchoAsync("u1", "b") },
        { "not exposed", patient => patient.WarmUpAsync("u1") },
    };

    [Theory]
    [MemberData(nameof(AsynchronousMembers))]
    public async Task An_asynchronous_member_is_called_when_the_store_has_answered(string member, Func<IPatient, Task<string>> call)
    {
        await using var fixture = Patient();

        var answer = call(fixture.Get<IPatient>());
        Assert.False(answer.IsCompleted, $"{member} did not wait.");
        Assert.Empty(fixture.Exposures);
        _store.Hang!.SetResult();

        Assert.Equal("b", await answer);
        Assert.Equal("b", _store.Standing("u1", "patient"));
        Assert.Equal(member == "not exposed" ? [] : ["fixed"], fixture.Exposures.Select(exposure => exposure.SelectionReason));
    }

    [Fact]
    public async Task A_known_subject_is_served_at_once_and_its_own_task_comes_back()
    {
        _store.Hang = null;
        await using var fixture = Patient();
        var patient = fixture.Get<IPatient>();
        await patient.TaskAsync("u1");

        Assert.Same(patient.TaskAsync("u1"), patient.TaskAsync("u1"));
        Assert.Equal(1, _store.Questions);
    }

    [Fact]
    public async Task The_first_call_of_an_overridden_subject_awaits_the_store_too()
    {
        await using var fixture = DataPlaneFixture.With(
            builder => builder.Trial<IPatient>(trial => trial
                .AddControl<ControlPatient>().AddVariant<OtherPatient>("b").Using(_selector).WithPolicy(AssignmentPolicy.SubjectSticky).WithOverride("u1", "control")),
            services: services => services.AddSingleton<ControlPatient>().AddSingleton<OtherPatient>().AddAssignmentStore(_store));
        var patient = fixture.Get<IPatient>();

        var answer = patient.TaskAsync("u1");
        Assert.False(answer.IsCompleted);
        _store.Hang!.SetResult();

        Assert.Equal("control", await answer);
        Assert.True(patient.TaskAsync("u1").IsCompleted);
        Assert.Equal(1, _store.Questions);
    }

    [Fact]
    public async Task A_store_that_hangs_is_awaited_no_longer_than_the_timeout()
    {
        await using var fixture = Patient();

        var answer = fixture.Get<IPatient>().TaskAsync("u1");
        fixture.Time.Advance(TimeSpan.FromMilliseconds(51));

        Assert.Equal("b", await answer);
        Assert.Equal("store-unavailable", Assert.Single(fixture.Exposures).SelectionReason);
        _store.Hang!.SetResult();
    }

    [Fact]
    public async Task A_selector_that_fails_is_not_waited_for_over_and_over()
    {
        _store.Hang = null;
        _selector.Failure = new InvalidOperationException("selector down");
        await using var fixture = Patient();

        Assert.Equal("control", await fixture.Get<IPatient>().TaskAsync("u1"));
        Assert.Equal("selector-error", Assert.Single(fixture.Exposures).SelectionReason);
    }

    [Fact]
    public async Task A_throw_of_the_variant_comes_as_a_faulted_task()
    {
        await using var fixture = Patient();

        var answer = fixture.Get<IPatient>().ThrowAsync("u1");
        _store.Hang!.SetResult();

        Assert.Equal("thrown", (await Assert.ThrowsAsync<InvalidOperationException>(() => answer)).Message);
    }

    [Fact]
    public async Task The_variant_is_called_in_the_callers_synchronization_context()
    {
        await using var fixture = Patient();
        var patient = fixture.Get<IPatient>();
        using var context = new PumpedContext();

        var called = context.Run(() => patient.ContextAsync("u1"), () => _store.Hang!.SetResult());

        Assert.Same(context, await called);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_caller_that_blocks_the_one_thread_of_its_context_gets_its_answer(bool isStream)
    {
        // The store answers only later, on another thread.
        var store = new SlowStore();
        await using var fixture = DataPlaneFixture.With(
            builder => builder.Trial<IPatient>(trial => trial
                .AddControl<ControlPatient>().AddVariant<OtherPatient>("b").Using(_selector).WithPolicy(AssignmentPolicy.SubjectSticky)),
            services: services => services.AddSingleton<ControlPatient>().AddSingleton<OtherPatient>().AddAssignmentStore(store));
        var patient = fixture.Get<IPatient>();
        var answer = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        var thread = new Thread(() =>
        {
            using var context = new PumpedContext();
            SynchronizationContext.SetSynchronizationContext(context);
            answer.SetResult(isStream ? First(patient.Items("u1")).Result : patient.TaskAsync("u1").Result);
        }) { IsBackground = true };
        thread.Start();

        Assert.Equal("b", await answer.Task.WaitAsync(TimeSpan.FromMinutes(1)));
        Assert.Equal("fixed", Assert.Single(fixture.Exposures).SelectionReason);
    }

    [Fact]
    public async Task A_context_that_posts_to_the_pool_is_nothing_to_return_to()
    {
        await using var fixture = Patient();
        var before = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(new SynchronizationContext());
        Task<string> answer;
        try
        {
            answer = fixture.Get<IPatient>().TaskAsync("u1");
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(before);
        }

        Assert.False(answer.IsCompleted);
        _store.Hang!.SetResult();
        Assert.Equal("b", await answer);
    }

    [Fact]
    public async Task A_caller_that_blocks_the_one_thread_of_its_scheduler_gets_its_answer()
    {
        await using var fixture = DataPlaneFixture.With(
            builder => builder.Trial<IPatient>(trial => trial
                .AddControl<ControlPatient>().AddVariant<OtherPatient>("b").Using(_selector).WithPolicy(AssignmentPolicy.SubjectSticky)),
            services: services => services.AddSingleton<ControlPatient>().AddSingleton<OtherPatient>().AddAssignmentStore(new SlowStore()));
        var patient = fixture.Get<IPatient>();
        var exclusive = new ConcurrentExclusiveSchedulerPair().ExclusiveScheduler;

        var answer = Task.Factory.StartNew(() => patient.TaskAsync("u1").Result, CancellationToken.None, TaskCreationOptions.None, exclusive);

        Assert.Equal("b", await answer.WaitAsync(TimeSpan.FromMinutes(1)));
    }

    private static async Task<string> First(IAsyncEnumerable<string> items)
    {
        await foreach (var item in items.ConfigureAwait(false))
        {
            return item;
        }

        return "";
    }

    [Fact]
    public async Task A_stream_is_called_once_however_often_it_is_enumerated()
    {
        await using var fixture = Patient();
        var items = fixture.Get<IPatient>().Items("u1");
        _store.Hang!.SetResult();

        for (var i = 0; i < 2; i++)
        {
            await foreach (var item in items)
            {
                Assert.Equal("b", item);
            }
        }

        Assert.Single(fixture.Exposures);
    }

    [Fact]
    public async Task Under_a_policy_without_a_store_nothing_is_awaited()
    {
        await using var fixture = DataPlaneFixture.With(
            builder => builder.Trial<IPatient>(trial => trial.AddControl<ControlPatient>().AddVariant<OtherPatient>("b").Using(_selector)),
            services: services => services.AddSingleton<ControlPatient>().AddSingleton<OtherPatient>());

        Assert.True(fixture.Get<IPatient>().TaskAsync("u1").IsCompleted);
    }

    private DataPlaneFixture Patient() => DataPlaneFixture.With(
        builder => builder.Trial<IPatient>(trial => trial
            .AddControl<ControlPatient>().AddVariant<OtherPatient>("b").Using(_selector).WithPolicy(AssignmentPolicy.SubjectSticky)),
        services: services => services.AddSingleton<ControlPatient>().AddSingleton<OtherPatient>().AddAssignmentStore(_store));

    /// <summary>A store whose answers come on another thread.</summary>
    private sealed class SlowStore : IAssignmentStore
    {
        private readonly InMemoryAssignmentStore _inner = new();

        public bool IsShared => false;

        public StoredAssignment? Find(in AssignmentKey key, TimeSpan timeout) => _inner.Find(key, timeout);

        public async ValueTask<StoredAssignment?> FindAsync(AssignmentKey key, CancellationToken cancellationToken = default)
        {
            await Task.Delay(5, CancellationToken.None).ConfigureAwait(false);
            return _inner.Find(key, default);
        }

        public StoredAssignment? Assign(in AssignmentKey key, StoredAssignment candidate, StoredAssignment? replaced, TimeSpan timeout) =>
            _inner.Assign(key, candidate, replaced, timeout);

        public async ValueTask<StoredAssignment?> AssignAsync(
            AssignmentKey key, StoredAssignment candidate, StoredAssignment? replaced, CancellationToken cancellationToken = default)
        {
            await Task.Delay(5, CancellationToken.None).ConfigureAwait(false);
            return _inner.Assign(key, candidate, replaced, default);
        }
    }

    /// <summary>A context that runs what is posted on the thread that waits in <see cref="Run"/>.</summary>
    private sealed class PumpedContext : SynchronizationContext, IDisposable
    {
        private readonly BlockingCollection<(SendOrPostCallback Callback, object? State)> _posted = [];

        public override void Post(SendOrPostCallback d, object? state) => _posted.Add((d, state));

        public Task<T> Run<T>(Func<Task<T>> call, Action whileWaiting)
        {
            var before = Current;
            SetSynchronizationContext(this);
            try
            {
                var task = call();
                whileWaiting();
                while (!task.IsCompleted)
                {
                    // Not for ever: the task may also end elsewhere.
                    if (_posted.TryTake(out var posted, TimeSpan.FromMilliseconds(10)))
                    {
                        posted.Callback(posted.State);
                    }
                }

                return task;
            }
            finally
            {
                SetSynchronizationContext(before);
            }
        }

        public void Dispose() => _posted.Dispose();
    }
}

[ExposureLogged("patient", AwaitAssignment = true)]
public interface IPatient
{
    Task<string> TaskAsync([ExposureSubject] string subject);

    ValueTask<string> ValueTaskAsync([ExposureSubject] string subject);

    Task PlainTaskAsync([ExposureSubject] string subject, List<string> answer);

    ValueTask PlainValueTaskAsync([ExposureSubject] string subject, List<string> answer);

    IAsyncEnumerable<string> Items([ExposureSubject] string subject, CancellationToken cancellationToken = default);

    Task<TValue> EchoAsync<TValue>([ExposureSubject] string subject, TValue value);

    Task<string> ThrowAsync([ExposureSubject] string subject);

    Task<SynchronizationContext?> ContextAsync([ExposureSubject] string subject);

    [NotExposed]
    Task<string> WarmUpAsync([ExposureSubject] string subject);
}

public class ControlPatient : IPatient
{
    private readonly Task<string> _answer;

    public ControlPatient()
        : this("control")
    {
    }

    protected ControlPatient(string answer) => _answer = Task.FromResult(answer);

    public Task<string> TaskAsync(string subject) => _answer;

    public ValueTask<string> ValueTaskAsync(string subject) => new(_answer);

    public async Task PlainTaskAsync(string subject, List<string> answer) => answer.Add(await _answer);

    public async ValueTask PlainValueTaskAsync(string subject, List<string> answer) => answer.Add(await _answer);

    public async IAsyncEnumerable<string> Items(string subject, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        yield return await _answer;
    }

    public Task<TValue> EchoAsync<TValue>(string subject, TValue value) => Task.FromResult(value);

    public Task<string> ThrowAsync(string subject) => throw new InvalidOperationException("thrown");

    public Task<SynchronizationContext?> ContextAsync(string subject) => Task.FromResult(SynchronizationContext.Current);

    public Task<string> WarmUpAsync(string subject) => _answer;
}

public sealed class OtherPatient() : ControlPatient("b");
