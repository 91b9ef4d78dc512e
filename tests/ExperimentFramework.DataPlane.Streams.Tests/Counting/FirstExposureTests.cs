namespace ExperimentFramework.DataPlane.Streams.Tests;

public sealed class FirstExposureTests
{
    private static readonly FirstExposure Counted = new("v1", "b", 0b101, 7, "v1", "b", Moves.None);

    [Fact]
    public void A_subject_stays_where_it_was_counted_whatever_comes_later()
    {
        var later = Counted.Follow(7, "v2", "control").Follow(7, "v2", "b").Reassign(7, "control");

        Assert.Equal(("v1", "b", 0b101U), (later.Version, later.Variant, later.Segments));
    }

    [Fact]
    public void The_same_assignment_again_changes_nothing() => Assert.Equal(Counted, Counted.Follow(7, "v1", "b"));

    [Fact]
    public void Another_variant_under_the_same_weights_is_a_crossover() => Assert.Equal(Moves.Crossover, Counted.Follow(7, "v1", "control").Moves);

    [Fact]
    public void Another_variant_under_new_weights_is_explained() => Assert.Equal(Moves.Explained, Counted.Follow(7, "v2", "control").Moves);

    [Fact]
    public void New_weights_without_another_variant_are_no_move() => Assert.Equal(Moves.None, Counted.Follow(7, "v2", "b").Moves);

    [Fact]
    public void A_published_reason_explains_the_exposure_that_follows_and_the_one_that_came_first()
    {
        Assert.Equal(Moves.Explained | Moves.Reassigned, Counted.Reassign(7, "control").Follow(7, "v1", "control").Moves);
        Assert.Equal(Moves.Explained | Moves.Reassigned, Counted.Follow(7, "v1", "control").Reassign(7, "control").Moves);
    }

    [Fact]
    public void After_a_published_reason_no_later_move_is_a_crossover() =>
        Assert.Equal(Moves.Explained | Moves.Reassigned, Counted.Reassign(7, "control").Follow(7, "v1", "b").Moves);

    [Fact]
    public void An_id_of_another_tenant_is_no_longer_followed()
    {
        var shared = Counted.Follow(8, "v1", "control");

        Assert.Equal(Moves.SharedId, shared.Moves);
        Assert.Equal(Moves.SharedId, shared.Follow(7, "v1", "control").Moves);
    }

    [Fact]
    public void What_is_written_is_read()
    {
        Assert.Equal(Counted, FirstExposure.Read(Counted.ToBytes()));
        var moved = Counted.Follow(7, "v2", "control");
        Assert.Equal(moved, FirstExposure.Read(moved.ToBytes()));
        Assert.True(Counted.ToBytes().Length < 20, "The last assignment is written although it is the first.");
    }
}
