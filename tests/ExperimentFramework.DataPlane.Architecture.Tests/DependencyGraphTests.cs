namespace ExperimentFramework.DataPlane.Architecture.Tests;

/// <summary>That circles are found where there are some: on small trees whose circles are known.</summary>
public sealed class DependencyGraphTests
{
    [Fact]
    public void Files_that_point_one_way_have_no_circle() =>
        Assert.Empty(Graph(("a/One.cs", "class One { Two two; }"), ("a/Two.cs", "class Two { Three three; }"), ("a/Three.cs", "class Three;")).Circles());

    [Fact]
    public void Two_files_that_need_each_other_are_a_circle() =>
        Assert.Equal(
            ["a/One.cs -> a/Two.cs: Two\na/Two.cs -> a/One.cs: One"],
            Graph(("a/One.cs", "class One { Two two; }"), ("a/Two.cs", "class Two { One one; }"), ("a/User.cs", "class User { One one; }")).Circles());

    [Fact]
    public void A_circle_may_take_any_number_of_steps() =>
        Assert.Equal(
            ["a/One.cs -> a/Two.cs: Two\na/Three.cs -> a/One.cs: One\na/Two.cs -> a/Three.cs: Three"],
            Graph(("a/One.cs", "class One { Two two; }"), ("a/Two.cs", "class Two { Three three; }"), ("a/Three.cs", "class Three { One one; }")).Circles());

    [Fact]
    public void Circles_apart_from_each_other_are_reported_apart() =>
        Assert.Equal(
            2,
            Graph(
                ("a/One.cs", "class One { Two two; Three three; }"),
                ("a/Two.cs", "class Two { One one; }"),
                ("a/Three.cs", "class Three { Four four; }"),
                ("a/Four.cs", "class Four { Three three; }")).Circles().Count);

    [Fact]
    public void Folders_can_form_a_circle_where_files_do_not()
    {
        var files = Graph(("a/One.cs", "class One { Two two; }"), ("b/Two.cs", "class Two;"), ("b/Three.cs", "class Three { Four four; }"), ("a/Four.cs", "class Four;"));

        Assert.Empty(files.Circles());
        Assert.Equal(["a -> b: Two\nb -> a: Four"], files.OfFolders().Circles());
    }

    [Fact]
    public void A_folder_inside_another_is_a_folder_of_its_own() =>
        Assert.Single(Graph(("a/One.cs", "class One { Two two; }"), ("a/b/Two.cs", "class Two;"), ("a/b/Three.cs", "class Three { Four four; }"), ("a/Four.cs", "class Four;")).OfFolders().Circles());

    [Theory]
    [InlineData("class One { void M() => Two.Run(); }", "static class Two { public static void Run() { } static One one; }")]
    [InlineData("class One { void M() => \"\".Run(); }", "static class Two { public static void Run(this string text) { } static One one; }")]
    [InlineData("class One { Two.Inner inner; }", "class Two { public class Inner; One one; }")]
    [InlineData("class One { List<Two> all; }", "class Two { One one; }")]
    [InlineData("class One { Two<int> closed; }", "class Two<T> { One one; }")]
    [InlineData("class One : Two;", "class Two { One one; }")]
    [InlineData("class One { string Name => nameof(Two); }", "class Two { One one; }")]
    [InlineData("[Two] class One;", "class TwoAttribute : Attribute { One one; }")]
    public void A_type_is_used_however_it_is_named(string one, string two) => Assert.Single(Graph(("a/One.cs", one), ("a/Two.cs", two)).Circles());

    [Fact]
    public void The_parts_of_a_partial_type_are_no_circle() =>
        Assert.Empty(Graph(("a/One.cs", "partial class One { void M() => N(); }"), ("a/One.More.cs", "partial class One { void N() => M(); }")).Circles());

    private static DependencyGraph Graph(params (string Path, string Text)[] files) => DependencyGraph.OfFiles(new(files.ToDictionary(file => file.Path, file => file.Text)));
}
