using System.Globalization;
using System.Net;
using System.Text;

namespace ExperimentFramework.WebShopSample;

/// <summary>The pages of the shop as HTML.</summary>
internal static class Page
{
    public static IResult Of(string title, string content) => Results.Content(
        $"""
        <!doctype html>
        <html lang="en">
        <head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>{Text(title)}</title><link rel="icon" href="data:,"><link rel="stylesheet" href="/shop.css"></head>
        <body>
        <header><a class="brand" href="/">Tea and things</a><nav><a href="/basket">Basket</a><a href="/simulation">Simulation</a><a href="/experiments">Experiments</a></nav></header>
        <main><h1>{Text(title)}</h1>{content}</main>
        </body>
        </html>
        """,
        "text/html; charset=utf-8");

    public static string List(IPriceDisplay prices) =>
        $"<ul class=\"products\">{string.Concat(WebShopSample.Product.All.Select(product => $"<li><a href=\"/product/{product.Id}\">{Text(product.Name)}</a><p>{Text(product.Description)}</p><p class=\"price\">{Text(prices.Show(product.Price))}</p></li>"))}</ul>";

    public static string Product(Product product, IPriceDisplay prices) =>
        $"<p>{Text(product.Description)}</p><p class=\"price\">{Text(prices.Show(product.Price))}</p>{Button($"/basket/{product.Id}", "Add to basket")}";

    public static string Basket(IReadOnlyList<Product> products, IPriceDisplay prices, bool isFull) => products.Count == 0
        ? "<p>Your basket is empty. <a href=\"/\">See what there is.</a></p>"
        : $"{(isFull ? $"<p><strong>The basket is full: it holds {WebShopSample.Basket.MaxProducts} products.</strong></p>" : "")}{Lines(products, prices)}<p><a class=\"button\" href=\"/checkout\">Go to checkout</a></p>";

    public static string Checkout(IReadOnlyList<Product> products, bool isOnePage)
    {
        var total = string.Create(CultureInfo.InvariantCulture, $"{products.Sum(static product => product.Price):F2} €");
        var steps = isOnePage
            ? "<p>Address, payment and order on one page.</p>"
            : "<ol><li>Address</li><li>Payment</li><li>Order</li></ol>";
        return $"<section data-flow=\"{(isOnePage ? ShopEndpoints.OnePage : "steps")}\">{steps}<p>Total: <strong>{total}</strong></p>{Button("/checkout", "Order and pay")}</section>";
    }

    public static string Thanks(string order) => $"<p>Your order has the number {Text(order)}.</p><p><a href=\"/\">Back to the shop</a></p>";

    public static string Button(string action, string text, string? value = null) =>
        $"<form method=\"post\" action=\"{action}\"><button{(value is null ? "" : $" name=\"value\" value=\"{Text(value)}\"")}>{Text(text)}</button></form>";

    public static string Text(string text) => WebUtility.HtmlEncode(text);

    private static string Lines(IReadOnlyList<Product> products, IPriceDisplay prices)
    {
        var lines = new StringBuilder("<ul class=\"lines\">");
        foreach (var product in products)
        {
            lines.Append(CultureInfo.InvariantCulture, $"<li>{Text(product.Name)} <span class=\"price\">{Text(prices.Show(product.Price))}</span></li>");
        }

        return lines.Append("</ul>").ToString();
    }
}
