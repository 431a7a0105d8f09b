export { type Courier, type CourierDeps, type CourierOptions, startCourier } from './courier.ts';
