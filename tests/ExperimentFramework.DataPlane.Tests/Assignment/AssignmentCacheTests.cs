using CsCheck;

namespace ExperimentFramework.DataPlane.Tests.Assignment;

public sealed class AssignmentCacheTests
{
    private const int Capacity = 1_000;

    private static readonly Decision Decision = new(new Variant(0, "control", null, 0), "test", null, AssignmentPolicy.SubjectSticky, null);

    private static readonly Gen<Subject> Subjects = Gen.Select(
        Gen.OneOf("1", "2", "3"), Gen.OneOf<string?>(null, "user", "account"), Gen.OneOf<string?>(null, "a", "b"), (id, type, tenant) => new Subject(id, type, tenant));

    [Fact]
    public void Subjects_that_share_an_id_differ_by_type_and_tenant() =>
        Gen.Select(Subjects, Gen.Int[0, 2]).Array[0, 60].Sample(steps =>
        {
            var known = new AssignmentCache(Capacity);
            var model = new Dictionary<Subject, AssignmentCache.Entry>();
            foreach (var (subject, step) in steps)
            {
                var state = State();
                var before = model.GetValueOrDefault(subject);
                switch (step)
                {
                    case 0:
                        Assert.Same(before, known.Replace(subject, state));
                        model[subject] = state;
                        break;
                    case 1:
                        Assert.Same(before ?? state, known.GetOrAdd(subject, state));
                        model.TryAdd(subject, state);
                        break;
                    default:
                        Assert.Same(before, known.Find(subject));
                        break;
                }
            }
        });

    [Fact]
    public void A_full_memory_forgets_a_subject_that_was_not_asked_for_and_keeps_the_others()
    {
        var known = new AssignmentCache(4);
        Subject[] subjects = [new("1", null, null), new("1", "user", null), new("2", null, "a"), new("3", null, null)];
        foreach (var subject in subjects)
        {
            known.Replace(subject, State());
        }

        var asked = subjects.Where((_, index) => index != 2).ToArray();
        Assert.All(asked, subject => Assert.NotNull(known.Find(subject)));
        known.Replace(new Subject("4", null, null), State());

        Assert.Null(known.Find(subjects[2]));
        Assert.All(asked, subject => Assert.NotNull(known.Find(subject)));
        Assert.NotNull(known.Find(new Subject("4", null, null)));
    }

    [Fact]
    public void Of_two_places_one_replaced_and_one_untouched_the_untouched_one_is_taken()
    {
        var known = new AssignmentCache(2);
        var (a, b, c) = (new Subject("a", null, null), new Subject("b", null, null), new Subject("c", null, null));
        known.Replace(a, State());
        known.Replace(b, State());
        known.Replace(a, State());

        known.Replace(c, State());

        Assert.NotNull(known.Find(a));
        Assert.Null(known.Find(b));
        Assert.NotNull(known.Find(c));
    }

    [Fact]
    public void A_state_is_renewed_only_while_it_is_the_subjects()
    {
        var known = new AssignmentCache(2);
        var a = new Subject("a", null, null);
        var (first, second) = (State(), State());
        known.Replace(a, first);
        known.Renew(a, first, 7);
        Assert.Equal(7, known.Find(a)!.ReadAt);

        known.Replace(a, second);
        known.Renew(a, first, 9);

        Assert.Same(second, known.Find(a));
    }

    private static AssignmentCache.Entry State() => new(Decision, AssignmentCache.Provenance.Stored, 0, 0);
}
