using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.DependencyInjection;

namespace ExperimentFramework.DataPlane.Tests.Assignment;

/// <summary>Who the current subject of a scope is, and when its becoming another one is recorded.</summary>
public sealed class CurrentSubjectTests : IAsyncDisposable
{
    private readonly FixedSubject _provider = new("u1");
    private readonly FixedSelector _selector = new("control");
    private readonly DataPlaneFixture _lab;

    public CurrentSubjectTests() => _lab = DataPlaneFixture.Greeting(
        trial => trial.Using(_selector), services: services => services.AddScoped<ISubjectIdentityProvider>(_ => _provider));

    [Fact]
    public async Task A_subject_that_a_parameter_names_is_not_the_current_one()
    {
        await using var scope = _lab.Scope();
        var greeter = scope.ServiceProvider.GetRequiredService<IGreeter>();
        greeter.GreetSomeone();
        _selector.Variant = "b";

        greeter.Greet("u2");

        Assert.Empty(_lab.Changes);
    }

    [Fact]
    public async Task A_parameter_that_is_empty_names_nobody_else_than_the_current_one()
    {
        await using var scope = _lab.Scope();
        var greeter = scope.ServiceProvider.GetRequiredService<IGreeter>();
        greeter.Greet("");
        _provider.Subject = "u2";
        _selector.Variant = "b";
        greeter.Greet("");

        Assert.Equal([("control", "b", "identity-changed")], _lab.ChangesOf("u2"));
    }

    [Fact]
    public async Task A_current_subject_that_stays_has_changed_its_variant_and_not_its_identity()
    {
        await using var scope = _lab.Scope();
        var greeter = scope.ServiceProvider.GetRequiredService<IGreeter>();
        greeter.GreetSomeone();
        _selector.Variant = "b";
        greeter.GreetSomeone();

        Assert.Equal([("control", "b", "selection-changed")], _lab.ChangesOf("u1"));
    }

    [Fact]
    public async Task What_a_subject_changes_after_it_became_the_current_one_is_its_own_change()
    {
        await using var scope = _lab.Scope();
        var greeter = scope.ServiceProvider.GetRequiredService<IGreeter>();
        greeter.GreetSomeone();
        _provider.Subject = "u2";
        greeter.GreetSomeone();
        _selector.Variant = "b";
        greeter.GreetSomeone();

        Assert.Equal([("control", "b", "selection-changed")], _lab.ChangesOf("u2"));
        Assert.Single(_lab.Changes);
    }

    [Fact]
    public async Task A_subject_that_was_the_same_before_has_signed_in_to_nothing()
    {
        var selections = 0;
        await using var fixture = DataPlaneFixture.Greeting(
            trial => trial.Using(new FuncSelector(() => selections++ == 0 ? "control" : "b")),
            services: services => services.AddScoped<ISubjectIdentityProvider>(_ => new SignedIn("u1", "user", "u1", "user")));
        await using var scope = fixture.Scope();

        scope.ServiceProvider.GetRequiredService<IGreeter>().GreetSomeone();

        Assert.Equal(1, selections);
        Assert.Empty(fixture.Changes);
    }

    [Theory]
    [InlineData("control", 0)]
    [InlineData("b", 1)]
    public async Task A_sign_in_is_recorded_once_if_it_changes_the_variant(string variantOfVisitors, int recorded)
    {
        await using var fixture = DataPlaneFixture.Greeting(
            trial => trial.Using(new OfVisitors(variantOfVisitors)),
            services: services => services.AddScoped<ISubjectIdentityProvider>(_ => new SignedIn("u1", "user", "v1", "visitor")));
        for (var request = 0; request < 3; request++)
        {
            await using var scope = fixture.Scope();
            scope.ServiceProvider.GetRequiredService<IGreeter>().GreetSomeone();
        }

        Assert.Equal(recorded, fixture.ChangesOf("u1").Count(change => change == ("b", "control", "identity-changed")));
        Assert.Equal(recorded, fixture.Changes.Count);
    }

    [Fact]
    public async Task A_sign_in_is_recorded_again_when_the_window_of_repeats_has_passed_since_it_was_recorded()
    {
        await using var fixture = DataPlaneFixture.Greeting(
            trial => trial.Using(new OfVisitors("b")),
            options => options.RepeatWindow = TimeSpan.FromMinutes(10),
            services => services.AddScoped<ISubjectIdentityProvider>(_ => new SignedIn("u1", "user", "v1", "visitor")));
        foreach (var recorded in new[] { 1, 1, 2 })
        {
            await using var scope = fixture.Scope();
            scope.ServiceProvider.GetRequiredService<IGreeter>().GreetSomeone();
            Assert.Equal(recorded, fixture.Changes.Count);
            fixture.Time.Advance(TimeSpan.FromMinutes(5));
        }
    }

    [Fact]
    public async Task In_a_scope_that_keeps_answers_the_first_one_says_why_and_the_next_ones_are_sticky()
    {
        await using var fixture = DataPlaneFixture.Greeting(trial => trial.Using(_selector).WithPolicy(AssignmentPolicy.SessionSticky));
        await using var scope = fixture.Scope();
        var greeter = scope.ServiceProvider.GetRequiredService<IGreeter>();
        _selector.Failure = new InvalidOperationException("selector down");
        greeter.Greet("u1");
        _selector.Failure = null;
        greeter.Greet("u1");
        greeter.Greet("u1");

        Assert.Equal(
            [("selector-error", null), ("fixed", "v1"), ("sticky", "v1")],
            fixture.Exposures.Select(exposure => (exposure.SelectionReason, exposure.AllocationVersion)));
    }

    public ValueTask DisposeAsync() => _lab.DisposeAsync();

    private sealed class OfVisitors(string variant) : IVariantSelector
    {
        public VariantSelection Select(in SelectionContext context) => new(context.SubjectType == "visitor" ? variant : "control", "computed");
    }

    private sealed class SignedIn(string id, string type, string previousId, string previousType) : ISubjectIdentityProvider
    {
        public string SubjectType => type;

        public bool TryGetSubjectId([NotNullWhen(true)] out string? subjectId)
        {
            subjectId = id;
            return true;
        }

        public bool TryGetPreviousSubject([NotNullWhen(true)] out string? subjectId, out string? subjectType)
        {
            (subjectId, subjectType) = (previousId, previousType);
            return true;
        }
    }
}
