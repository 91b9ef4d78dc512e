namespace ExperimentFramework.WebShopSample;

/// <summary>Something that the shop sells.</summary>
internal sealed record Product(int Id, string Name, string Description, decimal Price)
{
    public static IReadOnlyList<Product> All { get; } =
    [
        new(1, "Kettle", "Boils a litre in three minutes.", 34.90m),
        new(2, "Teapot", "Holds six cups and does not drip.", 27.50m),
        new(3, "Cups, set of four", "Stoneware, fit for the dishwasher.", 22.00m),
        new(4, "Assam, 250 g", "A strong tea for the morning.", 9.80m),
        new(5, "Darjeeling, 250 g", "First flush, light and flowery.", 14.60m),
        new(6, "Tray", "Beech, oiled.", 41.20m),
    ];

    public static Product? Find(int id) => All.FirstOrDefault(product => product.Id == id);
}
