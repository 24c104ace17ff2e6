import { expect, type Locator, type Page } from '@playwright/test';

/** A person who was sent a link. */
export class Customer {
  constructor(readonly page: Page) {}

  static async open(page: Page, link: string): Promise<Customer> {
    await page.goto(link);
    const customer = new Customer(page);
    await expect(customer.allowButton).toBeVisible();
    return customer;
  }

  get allowButton(): Locator {
    return this.page.getByRole('button', { name: 'Show my camera', exact: true });
  }

  get shareScreenButton(): Locator {
    return this.page.getByRole('button', { name: /Share my screen/ });
  }

  /** Taps the one button of the first page; the browser's own question is answered by its flag. */
  async allow(): Promise<void> {
    await this.allowButton.click();
  }

  button(name: string): Locator {
    return this.page.getByRole('button', { name, exact: true });
  }
}
