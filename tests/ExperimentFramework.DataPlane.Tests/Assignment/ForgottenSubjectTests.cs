using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace ExperimentFramework.DataPlane.Tests.Assignment;

/// <summary>A subject that asks to be forgotten leaves every store and the memory of the process.</summary>
public sealed class ForgottenSubjectTests
{
    private readonly FixedSelector _selector = new("b");

    [Fact]
    public async Task A_forgotten_subject_is_deleted_from_every_store_and_assigned_anew()
    {
        var (first, last) = (new InMemoryAssignmentStore(), new InMemoryAssignmentStore());
        first.Assign(new AssignmentKey("old", "u1", "user"), new StoredAssignment("b"), null, default);
        await using var fixture = DataPlaneFixture.Greeting(
            trial => trial.Using(_selector).WithPolicy(AssignmentPolicy.SubjectSticky),
            services: services => services.AddAssignmentStore(first).AddAssignmentStore(last));
        fixture.Get<IGreeter>().Greet("u1");
        fixture.Get<IGreeter>().Greet("u2");
        _selector.Variant = "control";

        Assert.Equal(2, await ForgetAsync(fixture, "u1", "user"));

        Assert.Equal("hello", fixture.Get<IGreeter>().Greet("u1"));
        Assert.Equal("bonjour", fixture.Get<IGreeter>().Greet("u2"));
        Assert.Equal("control", last.Find(new AssignmentKey("greeting", "u1", "user"), default)!.VariantKey);
        Assert.Empty(fixture.Changes);
    }

    [Fact]
    public async Task A_store_that_the_container_creates_is_one_however_often_it_is_added()
    {
        await using var fixture = DataPlaneFixture.Greeting(
            trial => trial.Using(_selector).WithPolicy(AssignmentPolicy.SubjectSticky),
            services: services => services.AddAssignmentStore<InMemoryAssignmentStore>().AddAssignmentStore<InMemoryAssignmentStore>());

        fixture.Get<IGreeter>().Greet("u1");

        var store = Assert.Single(fixture.Services.GetServices<IAssignmentStore>());
        Assert.Equal("b", store.Find(new AssignmentKey("greeting", "u1", "user"), default)!.VariantKey);
    }

    [Fact]
    public async Task A_forgotten_subject_has_no_exposure_before_the_next_one()
    {
        await using var fixture = DataPlaneFixture.Greeting(trial => trial.Using(_selector).WithSemantics(ExposureSemantics.OnFirstUse));
        fixture.Get<IGreeter>().Greet("u1");
        fixture.Get<IGreeter>().Greet("u2");

        Assert.Equal(0, await ForgetAsync(fixture, "u1", "user"));
        _selector.Variant = "control";
        fixture.Get<IGreeter>().Greet("u1");
        fixture.Get<IGreeter>().Greet("u2");

        Assert.Equal(["b", "control"], fixture.Exposures.Where(exposure => exposure.SubjectId == "u1").Select(exposure => exposure.VariantKey));
        Assert.Empty(fixture.ChangesOf("u1"));
        Assert.Single(fixture.ChangesOf("u2"));
    }

    [Fact]
    public async Task A_forgotten_subject_has_no_assignment_before_the_next_one_where_only_changes_are_published()
    {
        await using var fixture = DataPlaneFixture.Greeting(trial => trial.Using(_selector), options => options.EnableExposureEvents = false);
        fixture.Get<IGreeter>().Greet("u1");
        fixture.Get<IGreeter>().Greet("u2");

        await ForgetAsync(fixture, "u1", "user");
        _selector.Variant = "control";
        fixture.Get<IGreeter>().Greet("u1");
        fixture.Get<IGreeter>().Greet("u2");

        Assert.Equal("u2", Assert.Single(fixture.Changes).SubjectId);
    }

    [Theory]
    [InlineData(null, "")]
    [InlineData("", null)]
    [InlineData("", "")]
    [InlineData("acme", "acme")]
    public async Task A_subject_is_forgotten_in_its_tenant_and_an_empty_one_is_the_same_as_none(string? called, string? forgotten)
    {
        await using var fixture = DataPlaneFixture.Greeting(trial => trial.Using(_selector).WithSemantics(ExposureSemantics.OnFirstUse));
        fixture.Get<IGreeter>().GreetIn(called, "u1");
        fixture.Get<IGreeter>().GreetIn("other", "u1");

        await ForgetAsync(fixture, "u1", "user", forgotten);
        fixture.Get<IGreeter>().GreetIn(called, "u1");
        fixture.Get<IGreeter>().GreetIn("other", "u1");

        var tenant = called == "acme" ? "acme" : null;
        Assert.Equal([tenant, "other", tenant], fixture.Exposures.Select(exposure => exposure.TenantId));
    }

    [Fact]
    public async Task A_subject_is_forgotten_by_the_ids_that_its_calls_gave_well_formed_or_not()
    {
        foreach (var (tenant, subject) in new[] { ("\ud800", "u1"), ("acme", "u\udc00") })
        {
            await using var fixture = DataPlaneFixture.Greeting(trial => trial.Using(_selector).WithSemantics(ExposureSemantics.OnFirstUse));
            fixture.Get<IGreeter>().GreetIn(tenant, subject);

            await ForgetAsync(fixture, subject, "user", tenant);
            fixture.Get<IGreeter>().GreetIn(tenant, subject);

            Assert.Equal(2, fixture.Exposures.Count);
        }
    }

    [Fact]
    public async Task A_subject_is_forgotten_by_its_type_as_it_was_stored()
    {
        foreach (var (stored, forgotten) in new[] { (null, ""), ("\ufffd", "\ud800") })
        {
            var store = new InMemoryAssignmentStore();
            store.Assign(new AssignmentKey("old", "u1", stored), new StoredAssignment("b"), null, default);
            await using var fixture = DataPlaneFixture.Greeting(trial => trial.Using(_selector), services: services => services.AddAssignmentStore(store));

            Assert.Equal(1, await ForgetAsync(fixture, "u1", forgotten));
        }
    }

    [Fact]
    public async Task A_subject_is_forgotten_by_the_type_that_its_exposures_gave_well_formed_or_not()
    {
        foreach (var type in new[] { "", "\ud800" })
        {
            await using var fixture = DataPlaneFixture.Greeting(trial => trial.Using(_selector).WithSemantics(ExposureSemantics.OnFirstUse));
            await fixture.Get<IExperiments>().ExposeAsync("greeting", "u1", type, cancellationToken: TestContext.Current.CancellationToken);

            await ForgetAsync(fixture, "u1", type);
            await fixture.Get<IExperiments>().ExposeAsync("greeting", "u1", type, cancellationToken: TestContext.Current.CancellationToken);

            Assert.Equal(2, fixture.Exposures.Count);
        }
    }

    [Fact]
    public async Task A_subject_is_forgotten_in_experiments_that_were_decided_elsewhere()
    {
        await using var fixture = DataPlaneFixture.Greeting(_ => { }, options => options.ExposureSemantics = ExposureSemantics.OnFirstUse);
        var recorder = fixture.Get<IExposureRecorder>();
        var exposure = new DecidedExposure { ExperimentName = "elsewhere", VariantKey = "on", SubjectId = "u1", SubjectType = "user" };
        Assert.True(await recorder.RecordAsync(exposure, TestContext.Current.CancellationToken));
        Assert.False(await recorder.RecordAsync(exposure, TestContext.Current.CancellationToken));

        await ForgetAsync(fixture, "u1", "user");

        Assert.True(await recorder.RecordAsync(exposure, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_forgotten_subject_is_not_among_those_that_an_application_may_still_log()
    {
        // From configuration, because experiments that are explicit in code are scoped.
        var configuration = new ConfigurationBuilder().AddInMemoryCollection([new("DataPlane:ExposureSemantics", "Explicit")]).Build();
        await using var fixture = DataPlaneFixture.Greeting(_ => { }, services: services => services.AddSingleton<IConfiguration>(configuration));
        fixture.Get<IGreeter>().Greet("u1");
        fixture.Get<IGreeter>().Greet("u2");

        await ForgetAsync(fixture, "u1", "user");

        Assert.False(await fixture.Get<IExposureLogger<IGreeter>>().LogExposureAsync("u1", TestContext.Current.CancellationToken));
        await ForgetAsync(fixture, "u2", "user");
        Assert.False(await fixture.Get<IExposureLogger<IGreeter>>().LogExposureAsync(TestContext.Current.CancellationToken));
        fixture.Get<IGreeter>().Greet("u2");
        Assert.True(await fixture.Get<IExposureLogger<IGreeter>>().LogExposureAsync("u2", TestContext.Current.CancellationToken));
        Assert.Equal("u2", Assert.Single(fixture.Exposures).SubjectId);
    }

    [Fact]
    public async Task A_store_that_cannot_delete_is_named_and_the_others_delete()
    {
        var store = new InMemoryAssignmentStore();
        await using var fixture = DataPlaneFixture.Greeting(
            trial => trial.Using(_selector).WithPolicy(AssignmentPolicy.SubjectSticky),
            services: services => services.AddAssignmentStore(new CannotDelete()).AddAssignmentStore(store));
        fixture.Get<IGreeter>().Greet("u1");

        var error = await Assert.ThrowsAsync<AggregateException>(() => ForgetAsync(fixture, "u1", "user"));

        Assert.Contains("CannotDelete cannot delete a subject", Assert.IsType<NotSupportedException>(Assert.Single(error.InnerExceptions)).Message, StringComparison.Ordinal);
        Assert.Null(store.Find(new AssignmentKey("greeting", "u1", "user"), default));
    }

    [Fact]
    public async Task A_subject_that_is_forgotten_again_and_again_takes_one_place_in_memory()
    {
        var known = new AssignmentCache(2);
        var state = new AssignmentCache.Entry(null!, AssignmentCache.Provenance.Stored, 0, 0);
        var (a, b) = (new Subject("a", null, null), new Subject("b", null, null));
        for (var i = 0; i < 100; i++)
        {
            known.GetOrAdd(b, state);
            known.Forget(b);
            Assert.Null(known.Find(b));
        }

        known.GetOrAdd(a, new AssignmentCache.Entry(null!, AssignmentCache.Provenance.Stored, 0, 0));
        Assert.NotNull(known.Find(a));
        await Assert.ThrowsAsync<ArgumentException>(async () =>
        {
            await using var fixture = DataPlaneFixture.Greeting(trial => trial.Using(_selector));
            await ForgetAsync(fixture, "");
        });
    }

    [Fact]
    public void A_store_is_created_by_a_function() =>
        Assert.Throws<ArgumentNullException>("create", () => new ServiceCollection().AddAssignmentStore((Func<IServiceProvider, IAssignmentStore>)null!));

    private static async Task<long> ForgetAsync(DataPlaneFixture fixture, string subjectId, string? subjectType = null, string? tenantId = null)
    {
        await using var scope = fixture.Scope();
        return await scope.ServiceProvider.GetRequiredService<ISubjectAssignments>().ForgetAsync(subjectId, subjectType, tenantId);
    }

    private sealed class CannotDelete : IAssignmentStore
    {
        public bool IsShared => false;

        public StoredAssignment? Find(in AssignmentKey key, TimeSpan timeout) => null;

        public ValueTask<StoredAssignment?> FindAsync(AssignmentKey key, CancellationToken cancellationToken = default) => default;

        public StoredAssignment? Assign(in AssignmentKey key, StoredAssignment candidate, StoredAssignment? replaced, TimeSpan timeout) => null;

        public ValueTask<StoredAssignment?> AssignAsync(
            AssignmentKey key, StoredAssignment candidate, StoredAssignment? replaced, CancellationToken cancellationToken = default) => default;
    }
}
