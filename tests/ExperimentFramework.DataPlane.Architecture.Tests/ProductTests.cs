namespace ExperimentFramework.DataPlane.Architecture.Tests;

/// <summary>How the source of the product is laid out: dependencies point one way, and files and folders can be read at a glance.</summary>
public sealed class ProductTests(ProductTests.Product product) : IClassFixture<ProductTests.Product>
{
    private const int MaxLinesPerFile = 350;
    private const int MaxFilesPerFolder = 20;

    [Fact]
    public void No_two_files_need_each_other() => None(product.Files.Circles());

    [Fact]
    public void No_two_folders_need_each_other() => None(product.Files.OfFolders().Circles());

    [Fact]
    public void No_file_is_longer_than_350_lines() =>
        None(product.Source.Files
            .Concat(SourceTree.OfTests().Files)
            .Select(file => (Name: file.Key, Lines: file.Value.AsSpan().TrimEnd().Count('\n') + 1))
            .Where(file => file.Lines > MaxLinesPerFile)
            .Select(file => $"{file.Name}: {file.Lines} lines"));

    [Fact]
    public void No_folder_holds_more_than_20_files() =>
        None(product.Source.Files.Keys
            .CountBy(SourceTree.FolderOf)
            .Where(folder => folder.Value > MaxFilesPerFolder)
            .Select(folder => $"{folder.Key}: {folder.Value} files"));

    [Fact]
    public void Analyzers_use_only_the_shapes_of_the_generator() =>
        None(product.Source.Files
            .Where(file => file.Key.StartsWith("analyzers/", StringComparison.Ordinal))
            .Where(file => file.Value.Replace("using ExperimentFramework.DataPlane.Generators.Shapes;", "", StringComparison.Ordinal).Contains("using ExperimentFramework.DataPlane.Generators", StringComparison.Ordinal))
            .Select(file => file.Key));

    [Fact]
    public void The_whole_product_is_looked_at()
    {
        string[] folders = [.. product.Source.Files.Keys.Select(SourceTree.FolderOf)];

        foreach (var project in new[] { "src", "generators", "analyzers" }.SelectMany(folder => Directory.EnumerateDirectories(Path.Combine(SourceTree.Repository, folder))))
        {
            var name = Path.GetRelativePath(SourceTree.Repository, project).Replace('\\', '/');
            Assert.Contains(folders, folder => folder == name || folder.StartsWith(name + "/", StringComparison.Ordinal));
        }
    }

    /// <summary>What is no test project is in <c>assets</c>, <c>benchmarks</c> or <c>shared</c>.</summary>
    [Fact]
    public void Projects_seen_first_in_tests_are_test_projects() =>
        None(Directory.EnumerateDirectories(Path.Combine(SourceTree.Repository, "tests"))
            .SelectMany(folder => Directory.EnumerateFiles(folder, "*.csproj"))
            .Select(path => Path.GetFileNameWithoutExtension(path))
            .Where(project => !project.EndsWith(".Tests", StringComparison.Ordinal)));

    // Assert.Empty would cut the texts short.
    private static void None(IEnumerable<string> findings) => Assert.True(!findings.Any(), string.Join("\n\n", findings));

    public sealed class Product
    {
        private readonly SourceTree _source = SourceTree.OfProduct();

        public Product() => Files = DependencyGraph.OfFiles(_source);

        internal SourceTree Source => _source;

        internal DependencyGraph Files { get; }
    }
}
