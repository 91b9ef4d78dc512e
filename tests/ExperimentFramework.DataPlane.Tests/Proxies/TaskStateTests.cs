using ExperimentFramework.DataPlane.Tests.Assignment;
using ExperimentFramework.DataPlane.Tests.Delivery;
using Microsoft.Extensions.DependencyInjection;

namespace ExperimentFramework.DataPlane.Tests.Exposure;

/// <summary>Where something happens after a call, its task still ends as the variant's own does: with all its exceptions, faulted or cancelled.</summary>
public sealed class TaskStateTests
{
    private static readonly FormatException First = new("first");
    private static readonly TimeoutException Second = new("second");

    public static TheoryData<string, bool> Ways => new MatrixTheoryData<string, bool>(["seen through", "fallen back", "awaited assignment", "waited for room"], [true, false]);

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task Several_exceptions_stay_several(string way, bool endsLater)
    {
        foreach (var seen in await SeenAsync(way, endsLater, given => given.SetException([First, Second])))
        {
            Assert.Equal(TaskStatus.Faulted, seen.Status);
            Assert.Equal([First, Second], seen.Exception!.InnerExceptions);
        }
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task A_task_that_failed_with_a_cancellation_is_not_cancelled(string way, bool endsLater)
    {
        var cancellation = new OperationCanceledException("mine");

        foreach (var seen in await SeenAsync(way, endsLater, given => given.SetException(cancellation)))
        {
            Assert.Equal(TaskStatus.Faulted, seen.Status);
            Assert.Same(cancellation, seen.Exception!.InnerException);
        }
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task A_task_that_was_cancelled_stays_cancelled_by_its_own_token(string way, bool endsLater)
    {
        using var source = new CancellationTokenSource();
        await source.CancelAsync();

        foreach (var seen in await SeenAsync(way, endsLater, given => given.SetCanceled(source.Token)))
        {
            Assert.Equal(TaskStatus.Canceled, seen.Status);
            Assert.Equal(source.Token, (await Assert.ThrowsAnyAsync<OperationCanceledException>(() => seen)).CancellationToken);
        }
    }

    /// <summary>What a caller gets of a variant, and of control behind it, whose task ends so.</summary>
    private static async Task<List<Task>> SeenAsync(string way, bool endsLater, Action<TaskCompletionSource<int>> end)
    {
        var given = new TaskCompletionSource<int>();
        var stuck = new RecordingBackplane { Gate = way == "waited for room" ? new TaskCompletionSource() : null };
        var store = new FaultyStore { Hang = new TaskCompletionSource() };
        await using var fixture = DataPlaneFixture.Bare(
            FullQueue.Configure,
            services => services
                .AddSingleton<IDataBackplane>(stuck)
                .AddSingleton(new Giving(given.Task))
                .AddAssignmentStore(store)
                .AddExperimentFramework(experiments => experiments
                    .WithExposureLogging()
                    .Trial<ISeen>(trial => Described(trial))
                    .Trial<ISeenLater>(trial => trial.AddControl<Giving>().WithPolicy(AssignmentPolicy.SubjectSticky))
                    .Trial<IUnseen>(trial => trial.AddControl<Giving>())));
        if (stuck.Gate is not null)
        {
            await FullQueue.FillAsync(fixture);
        }

        if (!endsLater)
        {
            end(given);
        }

        List<Task> seen = way switch
        {
            "awaited assignment" => Calls(fixture.Get<ISeenLater>()),
            "waited for room" => Calls(fixture.Get<IUnseen>()),
            _ => Calls(fixture.Get<ISeen>()),
        };
        if (endsLater)
        {
            Assert.All(seen, task => Assert.NotSame(given.Task, task));
            end(given);
        }

        stuck.Gate?.SetResult();
        store.Hang.SetResult();
        foreach (var task in seen)
        {
            await fixture.Time.AdvanceUntil(() => task.IsCompleted, TimeSpan.Zero);
        }

        return seen;

        TrialBuilder<ISeen> Described(TrialBuilder<ISeen> trial) => way == "fallen back"
            ? trial.AddControl<Giving>().AddVariant<Giving>("b").Using(new FixedSelector("b")).OnErrorFallbackToControl()
            : trial.AddControl<Giving>();
    }

    private static List<Task> Calls(IUnseen service) =>
        [service.RunAsync("u"), service.RunValueAsync("u").AsTask(), service.CountAsync("u"), service.CountValueAsync("u").AsTask()];
}

[ExposureLogged("unseen")]
public interface IUnseen
{
    Task RunAsync([ExposureSubject] string subject);

    ValueTask RunValueAsync([ExposureSubject] string subject);

    Task<int> CountAsync([ExposureSubject] string subject);

    ValueTask<int> CountValueAsync([ExposureSubject] string subject);
}

[ExposureLogged("seen", RecordOutcomes = true, FallbackToControl = true)]
public interface ISeen : IUnseen;

[ExposureLogged("seen-later", AwaitAssignment = true)]
public interface ISeenLater : IUnseen;

public sealed class Giving(Task<int> task) : ISeen, ISeenLater
{
    public Task RunAsync(string subject) => task;

    public ValueTask RunValueAsync(string subject) => new(task);

    public Task<int> CountAsync(string subject) => task;

    public ValueTask<int> CountValueAsync(string subject) => new(task);
}
